//! Measures the toolchain: packing and unpacking against `memcpy`, reading binary MOF against a
//! naive reader, compiling MOF against pywbem, and how the commands grow with the schema. An
//! argument names one part to measure, such as `growth`.
//!
//! Times are CPU times of this thread, so other load on the machine matters little. pywbem needs
//! Python: the environment variable `WMI_PYTHON` names the program, by default `python3`.

use core::hint::black_box;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use cpu_time::ThreadTime;
use wmi_benches::{driver, median, naive};
use wmi_tools::Arena;
use wmi_tools::bmf::{Packing, decode, encode, encode_payload, pack, unpack};
use wmi_tools::check::check;
use wmi_tools::client_source;
use wmi_tools::doc::SchemaPage;
use wmi_tools::mof::Reader;

/// The total running time of each function, in seconds.
const TIME: f64 = 1.0;

/// Runs both functions in turns. Returns the median seconds of each, and the median ratio of the
/// first's time to the second's.
fn turns(mut ours: impl FnMut(), mut rival: impl FnMut()) -> (f64, f64, f64) {
    let (first, repeat) = (time(1, &mut ours), |once: f64| (1e-3 / once).ceil() as u32);
    let (often, rivals) = (repeat(first), repeat(time(1, &mut rival)));
    let turns = (TIME / (first * f64::from(often))).clamp(5.0, 301.0) as usize;
    let turns = (0..turns).map(|_| (time(often, &mut ours), time(rivals, &mut rival)));
    let turns: Vec<_> = turns.collect();
    let ratio = median(turns.iter().map(|turn| turn.0 / turn.1));
    let [ours, rival] = [|turn: &(f64, f64)| turn.0, |turn: &(f64, f64)| turn.1];
    (
        median(turns.iter().map(ours)),
        median(turns.iter().map(rival)),
        ratio,
    )
}

fn time(repeat: u32, function: &mut impl FnMut()) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..repeat {
        function();
    }
    start.elapsed().as_secs_f64() / f64::from(repeat)
}

/// Returns the payload of a driver's binary MOF, cut to `length` bytes.
fn payload(length: usize) -> Vec<u8> {
    let arena = Arena::new();
    let text = driver::mof(length / 2000 + 10);
    let reading = Reader::new(&arena).read("driver.mof", text.as_bytes());
    assert!(!reading.has_errors());
    let mut payload = encode_payload(&reading.file).expect("it can be expressed");
    assert!(payload.len() >= length, "{} bytes", payload.len());
    payload.truncate(length);
    payload
}

fn packing() {
    println!("\n| payload | | MB/s | relative to memcpy | packed to |");
    println!("|---|---|---|---|---|");
    for length in [10_000, 100_000, 1_000_000, 10_000_000] {
        let payload = payload(length);
        let mut copy = vec![0; length];
        let mut row = |what, packed: &[u8], ours: &mut dyn FnMut()| {
            let memcpy = || black_box(&mut copy).copy_from_slice(black_box(&payload));
            let (seconds, _, ratio) = turns(ours, memcpy);
            let (speed, part) = (length as f64 / seconds / 1e6, 100.0 / ratio);
            let packed = packed.len() as f64 / length as f64 * 100.0;
            println!("| {length} | {what} | {speed:.0} | {part:.3} % | {packed:.1} % |");
        };
        let greedy = pack(&payload, Packing::Greedy);
        let optimal = pack(&payload, Packing::Optimal);
        row("pack as mofcomp", &greedy, &mut || {
            black_box(pack(black_box(&payload), Packing::Greedy));
        });
        row("pack optimally", &optimal, &mut || {
            black_box(pack(black_box(&payload), Packing::Optimal));
        });
        row("unpack", &greedy, &mut || {
            assert!(unpack(black_box(&greedy), length).is_ok());
        });
    }
}

/// Packs payloads that are hard on a search for matches. The time per byte must not grow.
fn hard_payloads() {
    println!(
        "\n| payload, packed as mofcomp; ns per byte | 10 kB | 100 kB | 1 MB | 10 MB | 100 kB optimally, ms |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, payload) in hard(10_000_000) {
        let once = |length: usize, parse| {
            let start = ThreadTime::now();
            black_box(pack(&payload[..length], parse));
            start.elapsed().as_secs_f64()
        };
        let least = |length, parse, times| {
            (0..times)
                .map(|_| once(length, parse))
                .fold(f64::INFINITY, f64::min)
        };
        let [a, b, c, d] = [(10_000, 20), (100_000, 5), (1_000_000, 2), (10_000_000, 1)]
            .map(|(length, times)| least(length, Packing::Greedy, times) / length as f64 * 1e9);
        let optimal = least(100_000, Packing::Optimal, 3) * 1e3;
        println!("| {name} | {a:.1} | {b:.1} | {c:.1} | {d:.1} | {optimal:.0} |");
    }
}

fn hard(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut random = 1u32;
    let mut random = move || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 24) as u8
    };
    let runs = (1..512usize).cycle();
    let runs = runs.flat_map(|run| (0..run).map(|at| u8::from(at == 0)));
    vec![
        ("a driver's", payload(length)),
        ("zeros", vec![0; length]),
        (
            "a period of 3",
            (0..length).map(|at| (at % 3) as u8).collect(),
        ),
        ("runs of 1 to 511 zeros", runs.take(length).collect()),
        ("random", (0..length).map(|_| random()).collect()),
        (
            "one byte of 40 is not zero",
            (0..length).map(|_| u8::from(random() % 40 == 0)).collect(),
        ),
        (
            "two random values",
            (0..length).map(|_| random() % 2).collect(),
        ),
    ]
}

fn reading() {
    println!("\n| read a binary MOF | ms | naive, ms | relative to the naive reader |");
    println!("|---|---|---|---|");
    for classes in [1, 10, 100, 1000] {
        let arena = Arena::new();
        let text = driver::mof(classes);
        let reading = Reader::new(&arena).read("driver.mof", text.as_bytes());
        let file = encode(&reading.file, Packing::Greedy).expect("it can be expressed");
        assert_eq!(naive::decode(&file).len(), classes);
        let (ours, rival, ratio) = turns(
            || {
                let arena = Arena::new();
                let file = decode(&arena, black_box(&file)).expect("it is whole");
                assert_eq!(file.objects.len(), classes);
            },
            || assert_eq!(naive::decode(black_box(&file)).len(), classes),
        );
        let (ours, rival) = (ours * 1e3, rival * 1e3);
        println!("| {classes} classes | {ours:.3} | {rival:.3} | {ratio:.3} |");
    }
}

/// pywbem in a Python of its own.
struct Pywbem {
    python: OsString,
    declarations: PathBuf,
}

impl Pywbem {
    fn find() -> Option<Self> {
        let python = std::env::var_os("WMI_PYTHON").unwrap_or_else(|| "python3".into());
        let probe = Command::new(&python).args(["-c", "import pywbem"]).output();
        if !probe.is_ok_and(|probe| probe.status.success()) {
            println!("\nskipped: there is no Python with pywbem, so compiling has no rival");
            return None;
        }
        let declarations = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qualifiers.mof");
        std::fs::write(&declarations, driver::QUALIFIERS).expect("the folder can be written");
        Some(Self {
            python,
            declarations,
        })
    }

    /// Returns the median seconds of compiling MOF and of writing its classes as MOF.
    fn run(&self, mof: &str, times: usize) -> [f64; 2] {
        let file = self.declarations.with_file_name("driver.mof");
        std::fs::write(&file, mof).expect("the folder can be written");
        let output = Command::new(&self.python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/pywbem_compile.py"))
            .args([self.declarations.as_os_str(), file.as_os_str()])
            .arg(times.to_string())
            .output()
            .expect("it starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{complaint}");
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let column = |place| {
            let numbers = lines.lines().map(|line| line.split(' ').nth(place));
            let numbers = numbers.map(|number| number.and_then(|number| number.parse().ok()));
            median(numbers.map(|number| number.expect("it prints two numbers a line")))
        };
        [column(0), column(1)]
    }
}

fn compiling() {
    let Some(pywbem) = Pywbem::find() else {
        return;
    };
    println!("\n| compile MOF | read, ms | and write binary MOF | pywbem, ms | read / pywbem |");
    println!("|---|---|---|---|---|");
    for classes in [10, 100, 1000] {
        let text = driver::mof(classes);
        let run = |write: bool| {
            let arena = Arena::new();
            let reading = Reader::new(&arena).read("driver.mof", black_box(text.as_bytes()));
            assert_eq!(reading.file.objects.len(), classes);
            if write {
                black_box(encode(&reading.file, Packing::Greedy)).expect("it can be expressed");
            }
        };
        let [rival, _] = pywbem.run(&text, 9);
        let [read, write] =
            [false, true].map(|write| median((0..51).map(|_| time(1, &mut || run(write)))));
        let ratio = read / rival;
        let [read, write, rival] = [read, write, rival].map(|seconds| seconds * 1e3);
        println!("| {classes} classes | {read:.2} | {write:.2} | {rival:.0} | {ratio:.3} |");
    }
}

/// The commands on 1,000 and on 10,000 classes: ten times the classes should take ten times as long.
fn growth() {
    let pywbem = Pywbem::find();
    let texts = [1000, 10_000].map(driver::mof);
    let arena = Arena::new();
    let read = |text: &str| {
        let reading = Reader::new(&arena).read("driver.mof", text.as_bytes());
        assert!(!reading.has_errors());
        reading.file
    };
    let files = [read(&texts[0]), read(&texts[1])];
    let binaries = files.map(|file| encode(&file, Packing::Greedy).expect("it can be expressed"));
    let compile = |large: usize| {
        let arena = Arena::new();
        let reading = Reader::new(&arena).read("driver.mof", texts[large].as_bytes());
        black_box(encode(&reading.file, Packing::Greedy)).expect("it can be expressed");
    };
    let decompile = |large: usize| {
        let arena = Arena::new();
        let file = decode(&arena, &binaries[large]).expect("it is whole");
        black_box(file.mof().to_string());
    };
    let check = |large: usize| drop(black_box(check(&files[large])));
    let doc = |large: usize| {
        black_box(SchemaPage::new("driver", &files[large]).to_string());
    };
    let powershell = |large: usize| drop(black_box(client_source::powershell(&files[large], "A")));
    let rust = |large: usize| drop(black_box(client_source::rust(&files[large], "A")));
    let commands: [(&str, &dyn Fn(usize)); 6] = [
        ("compile", &compile),
        ("decompile", &decompile),
        ("check", &check),
        ("doc", &doc),
        ("client --powershell", &powershell),
        ("client --rust", &rust),
    ];
    let rivals = pywbem.map(|it| [it.run(&texts[0], 3), it.run(&texts[1], 1)]);
    println!(
        "\n| command | 1,000 classes, ms | 10,000 classes, ms | time per class, relative | \
         relative to pywbem |"
    );
    println!("|---|---|---|---|---|");
    for (place, (name, run)) in commands.into_iter().enumerate() {
        let [few, many] = [(0, 9), (1, 3)]
            .map(|(large, times)| median((0..times).map(|_| time(1, &mut || run(large)))));
        let rival = rivals.map_or("–".to_owned(), |[few_of, many_of]| {
            match (few_of.get(place), many_of.get(place)) {
                (Some(rival), Some(more)) => format!("{:.3}, {:.3}", few / rival, many / more),
                _ => "–".to_owned(),
            }
        });
        let relative = many / few / 10.0;
        let [few, many] = [few, many].map(|seconds| seconds * 1e3);
        println!("| {name} | {few:.0} | {many:.0} | {relative:.2} | {rival} |");
    }
}

fn main() {
    let parts: [(&str, fn()); 5] = [
        ("packing", packing),
        ("hard_payloads", hard_payloads),
        ("reading", reading),
        ("compiling", compiling),
        ("growth", growth),
    ];
    // Cargo adds `--bench`.
    let chosen: Vec<_> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    for (name, run) in parts {
        if chosen.is_empty() || chosen.iter().any(|it| it == name) {
            run();
        }
    }
}
