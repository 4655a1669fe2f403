"""Prints the contents of MOF files as read by pywbem, one fact per line; texts are hexadecimal UTF-8."""

import sys

from pywbem import MOFCompiler, MOFWBEMConnection, CIMDateTime


def value(item):
    if isinstance(item, (list, tuple)):
        return "{" + ",".join(value(one) for one in item) + "}"
    if item is None:
        return "null"
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, float):
        return repr(float(item))
    if isinstance(item, int):
        return str(int(item))
    return "x" + str(item).encode().hex()


def size(item):
    if not item.is_array:
        return ""
    return "[%s]" % ("" if item.array_size is None else item.array_size)


def qualifiers(place, item):
    for name, found in item.qualifiers.items():
        print("%s qualifier %s = %s" % (place, name, value(found.value)))


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    repository = MOFWBEMConnection()
    MOFCompiler(repository, search_paths=[], log_func=None).compile_string(text, "root/wmi")
    for found in repository.classes["root/wmi"].values():
        print("class " + found.classname)
        qualifiers(found.classname, found)
        for item in found.properties.values():
            place = "%s.%s" % (found.classname, item.name)
            print("%s: %s%s = %s" % (place, item.type, size(item), value(item.value)))
            qualifiers(place, item)
        for method in found.methods.values():
            place = "%s.%s()" % (found.classname, method.name)
            print("%s: %s" % (place, method.return_type))
            qualifiers(place, method)
            for item in method.parameters.values():
                inner = "%s.%s" % (place, item.name)
                print("%s: %s%s" % (inner, item.type, size(item)))
                qualifiers(inner, item)
