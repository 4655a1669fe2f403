"""Makes vendor.asl and broken.asl, and what iasl and acpidump make of them.

    cargo run -p cargo-wmi -- compile vendor.mof | python3 make.py

needs acpica-tools. The tables keep iasl's version in their headers.
"""

import subprocess
import sys
import uuid

MOF = "05901221-d566-11d1-b2f0-00a0c9062910"
OWN = "0b7c2d14-93ae-4f5e-8a61-5d1f0e2c7b9"


def rows(data, indent):
    pad = " " * indent
    lines = [data[at : at + 8] for at in range(0, len(data), 8)]
    texts = [", ".join(f"0x{byte:02X}" for byte in line) for line in lines]
    return (",\n" + pad).join(texts)


def entry(guid, ident, count, flags):
    ident = bytes([ident, 0]) if isinstance(ident, int) else ident.encode("latin-1")
    return uuid.UUID(guid).bytes_le + ident + bytes([count, flags])


def wdg(*entries, excess=b""):
    return b"".join(entries) + excess


def table(name, body):
    return f'DefinitionBlock ("{name}.aml", "SSDT", 2, "VENDOR", "{name.upper()}", 1)\n{{\n{body}}}\n'


def buffer(name, data):
    return f"""            Name ({name}, Buffer ({len(data)})
            {{
                {rows(data, 16)}
            }})
"""


BROKEN = wdg(
    # The notify code of an ACPI event, and no WE05.
    entry(OWN + "2", 0x05, 1, 8),
    # Methods by their flags, data by their class.
    entry(OWN + "0", "AA", 1, 2),
    # The object of another entry.
    entry(OWN + "7", "AA", 1, 2),
    # No WCCC, unknown flags.
    entry(OWN + "8", "CC", 1, 0x41),
    # The ACPI sample's, and an id that no name can have.
    entry("abbc0f6b-8ea1-11d1-00a0-c90629100000", "a\x01", 1, 0),
    # A string of two numbers.
    entry(OWN + "0", "DD", 1, 4),
    # Methods and an event.
    entry(OWN + "6", 0x90, 1, 10),
    # Data with the id of methods.
    entry(OWN + "5", "AA", 1, 0),
    excess=b"\x01\x02\x03",
)
bmf = sys.stdin.buffer.read()
vendor = f"""    External (\\_SB.PCI0, DeviceObj)

    Scope (\\_SB)
    {{
        Device (WMI1)
        {{
            Name (_HID, EisaId ("PNP0C14"))
            Name (_UID, "VND")
            Name (FANS, 0)
            OperationRegion (VREG, SystemMemory, 0xFED00000, 0x10)
            Field (VREG, DWordAcc, NoLock, Preserve)
            {{
                FSPD, 32
            }}
{buffer("_WDG", wdg(
    entry(MOF, "BA", 1, 0),
    entry(OWN + "0", "AA", 1, 1),
    entry(OWN + "1", "BB", 1, 2),
    entry(OWN + "2", 0xA0, 1, 8),
    entry(OWN + "3", "CC", 1, 4),
))}
            Method (WQAA, 1, NotSerialized)
            {{
                Return (Package (0x02) {{ FSPD, FANS }})
            }}
            Method (WSAA, 2, NotSerialized)
            {{
                FANS = DerefOf (Arg1 [4])
            }}
            Method (WCAA, 1, NotSerialized) {{ }}
            Method (WMBB, 3, Serialized)
            {{
                If ((Arg1 == One))
                {{
                    Return (Zero)
                }}
                Return (FANS)
            }}
            Method (WEA0, 1, NotSerialized) {{ }}
            Method (_WED, 1, NotSerialized)
            {{
                Return (FSPD)
            }}
            Name (WQCC, "S/N 0001")
{buffer("WQBA", bmf)}
        }}
    }}
"""

broken = f"""    Scope (\\_SB)
    {{
        Device (WMI1)
        {{
            Name (_HID, EisaId ("PNP0C14"))
            Name (_UID, "ONE")
{buffer("_WDG", BROKEN)}
            Method (WMAA, 2, NotSerialized) {{ Return (Zero) }}
            Method (WE90, 1, NotSerialized) {{ }}
            Name (WQAA, Zero)
            Method (WQCC, 1, NotSerialized) {{ Return (Zero) }}
            Method (WQDD, 1, NotSerialized) {{ Return (Zero) }}
{buffer("WQBA", bmf)}
        }}
        Device (WMI2)
        {{
            Name (_HID, "PNP0C14")
            Name (_UID, "ONE")
            Method (_WDG, 0, NotSerialized)
            {{
                Return (Buffer (0x14)
                {{
                    {rows(entry(OWN + "7", "EE", 1, 0), 20)}
                }})
            }}
            Name (WQEE, Zero)
        }}
        Device (WMI3)
        {{
            Name (_HID, "VND0001")
            Name (_WDG, Buffer (One) {{}})
        }}
    }}
"""

for name, body in (("vendor", vendor), ("broken", broken)):
    open(f"{name}.asl", "w").write(table(name, body))
    subprocess.run(["iasl", "-p", name, f"{name}.asl"], check=True, stdout=subprocess.DEVNULL)
subprocess.run(["iasl", "-d", "-p", "vendor", "vendor.aml"], check=True)

data = open("vendor.aml", "rb").read()
with open("vendor.acpidump", "w") as dump:
    dump.write("SSDT @ 0x0000000000000000\n")
    for at in range(0, len(data), 16):
        line = data[at : at + 16]
        pairs = " ".join(f"{byte:02X}" for byte in line)
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        dump.write(f"  {at:04X}: {pairs:47}  {shown}\n")
    dump.write("\n")
