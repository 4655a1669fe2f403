//! Measures compile times with this derive, and with those of serde and zerocopy.
//!
//! `cargo run --release -p wmi-benches --bin compile-time [rounds]`
//!
//! Each round runs all contenders in turn. The medians of wall-clock time and of CPU time in user
//! mode (Linux only) are reported. Needs no network once the workspace has been built with all its
//! packages.

use core::fmt::Write;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs, io};

/// A derive, and structs for it.
struct Contender {
    name: &'static str,
    dependency: String,
    /// The text before a struct; `{n}` is its number.
    head: &'static str,
    /// The text before a field; `{n}` is its number.
    field: &'static str,
    ty: &'static str,
}

fn contenders() -> [Contender; 4] {
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wmi-core");
    [
        Contender {
            name: "WmiClass",
            dependency: format!("wmi-core = {{ path = {core:?}, features = [\"derive\"] }}"),
            head: "#[derive(wmi_core::WmiClass)]
#[wmi(guid = \"7d1f9a52-30c8-4e0b-9f3a-{n}\", base = \"Win32_PerfRawData\", hi_perf)]",
            field: "#[wmi(data_id = {n}, counter = \"PERF_COUNTER_LARGE_RAWCOUNT\")]",
            ty: "core::sync::atomic::AtomicU64",
        },
        Contender {
            name: "serde: Serialize, Deserialize",
            dependency: "serde = { version = \"1\", features = [\"derive\"] }".to_owned(),
            head: "#[derive(serde::Serialize, serde::Deserialize)]",
            field: "",
            ty: "u64",
        },
        Contender {
            name: "zerocopy: FromBytes, IntoBytes, KnownLayout, Immutable",
            dependency: "zerocopy = { version = \"0.8\", features = [\"derive\"] }".to_owned(),
            head: "#[derive(zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::KnownLayout, \
                   zerocopy::Immutable)]
#[repr(C)]",
            field: "",
            ty: "u64",
        },
        Contender {
            name: "none",
            dependency: String::new(),
            head: "",
            field: "",
            ty: "u64",
        },
    ]
}

fn main() -> io::Result<()> {
    let rounds = env::args()
        .nth(1)
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(7);
    let directory = env::temp_dir().join(format!("wmi-compile-time-{}", std::process::id()));
    let all = contenders();

    // Makes the source newer than its build artefacts.
    let touch = |package: &Package| {
        let source = package.0.join("src/lib.rs");
        fs::write(&source, fs::read(&source)?)
    };
    let hundred = packages(&all, &directory, (100, 20))?;
    for package in &hundred {
        package.cargo(CHECK);
    }
    let times = measure(rounds, &hundred, touch, CHECK)?;
    report("`cargo check` of 100 structs of 20 fields", &all, &times);

    // A new line at the end of the source, as after each save by a developer.
    let edit = |package: &Package| {
        let mut source = OpenOptions::new()
            .append(true)
            .open(package.0.join("src/lib.rs"))?;
        writeln!(source, "// One more line.")
    };
    for package in &hundred {
        package.cargo(INCREMENTAL_CHECK);
    }
    let times = measure(rounds, &hundred, edit, INCREMENTAL_CHECK)?;
    report(
        "incremental `cargo check` of 100 structs of 20 fields",
        &all,
        &times,
    );

    // Only the first two: zerocopy's derive makes no code that a release build would optimise.
    let some = &all[..2];
    for (structs, fields) in [(1, 21), (1, 200), (1, 1000), (100, 20)] {
        let sized = packages(some, &directory, (structs, fields))?;
        for package in &sized {
            package.cargo(RELEASE);
        }
        let times = measure(rounds, &sized, touch, RELEASE)?;
        let what = format!("`cargo build --release` of {structs} x {fields} fields");
        report(&what, some, &times);
    }

    let clean = |package: &Package| match fs::remove_dir_all(package.0.join("target")) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    };
    let some = &all[..3];
    let one = packages(some, &directory, (1, 20))?;
    let times = measure(rounds.div_ceil(2), &one, clean, BUILD)?;
    report(
        "`cargo build` of one struct and its dependencies",
        some,
        &times,
    );
    fs::remove_dir_all(directory)
}

/// The directory of a package.
struct Package(PathBuf);

/// Writes a package for each contender, with `structs` structs of `fields` fields each.
fn packages(
    contenders: &[Contender],
    directory: &Path,
    (structs, fields): (usize, usize),
) -> io::Result<Vec<Package>> {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let mut packages = Vec::new();
    for (index, contender) in contenders.iter().enumerate() {
        let package = directory.join(format!("{structs}x{fields}-{index}"));
        fs::create_dir_all(package.join("src"))?;
        fs::write(
            package.join("src/lib.rs"),
            contender.source(structs, fields),
        )?;
        fs::write(package.join("Cargo.toml"), contender.manifest())?;
        // The workspace's versions, which are already downloaded.
        fs::copy(lock, package.join("Cargo.lock"))?;
        packages.push(Package(package));
    }
    Ok(packages)
}

impl Contender {
    fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"structs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
             [dependencies]\n{}\n[workspace]\n",
            self.dependency
        )
    }

    fn source(&self, structs: usize, fields: usize) -> String {
        let mut source = String::new();
        for number in 0..structs {
            let head = self.head.replace("{n}", &format!("{number:012x}"));
            let _ = writeln!(
                source,
                "/// Structure {number}.\n{head}\npub struct Struct{number} {{"
            );
            for number in 1..=fields {
                let field = self.field.replace("{n}", &number.to_string());
                let ty = self.ty;
                let _ = writeln!(
                    source,
                    "/// Item {number}.\n{field}\npub item_{number}: {ty},"
                );
            }
            source.push_str("}\n");
        }
        source
    }
}

/// The duration of a command in seconds.
#[derive(Clone, Copy)]
struct Seconds {
    clock: f64,
    user: f64,
}

/// What Cargo does.
#[derive(Clone, Copy)]
struct Work {
    arguments: &'static [&'static str],
    /// Whether it keeps what the last change left valid.
    is_incremental: bool,
}

const CHECK: Work = Work {
    arguments: &["check"],
    is_incremental: false,
};

const INCREMENTAL_CHECK: Work = Work {
    is_incremental: true,
    ..CHECK
};

const BUILD: Work = Work {
    arguments: &["build"],
    is_incremental: false,
};

const RELEASE: Work = Work {
    arguments: &["build", "--release"],
    is_incremental: false,
};

impl Package {
    /// Runs a Cargo command.
    fn cargo(&self, work: Work) -> Seconds {
        let (start, before) = (Instant::now(), children_seconds());
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(work.arguments)
            .args(["--offline", "--target-dir", "target"])
            .current_dir(&self.0)
            .env(
                "CARGO_INCREMENTAL",
                if work.is_incremental { "1" } else { "0" },
            )
            .output()
            .expect("cargo starts");
        let clock = start.elapsed().as_secs_f64();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", self.0.display());
        Seconds {
            clock,
            user: children_seconds() - before,
        }
    }
}

/// Returns the user-mode seconds of all child processes that were waited for. Linux counts them in
/// hundredths; elsewhere this is zero.
fn children_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name, in parentheses, may contain spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().nth(13);
    ticks.and_then(|ticks| ticks.parse().ok()).unwrap_or(0.0) / 100.0
}

/// Does the work in each package in each round, and returns the durations by round.
fn measure(
    rounds: usize,
    packages: &[Package],
    prepare: impl Fn(&Package) -> io::Result<()>,
    work: Work,
) -> io::Result<Vec<Vec<Seconds>>> {
    (0..rounds)
        .map(|_| {
            let times = packages.iter().map(|package| {
                prepare(package)?;
                Ok(package.cargo(work))
            });
            times.collect()
        })
        .collect()
}

/// Prints a table with each contender's time, and the ratio of ours to it.
fn report(what: &str, contenders: &[Contender], rounds: &[Vec<Seconds>]) {
    println!("{what}, medians of {} rounds:\n", rounds.len());
    println!("| derive | s | ours / this | user s | ours / this |");
    println!("|---|---|---|---|---|");
    for (index, contender) in contenders.iter().enumerate() {
        print!("| {} |", contender.name);
        for of in [
            |seconds: Seconds| seconds.clock,
            |seconds: Seconds| seconds.user,
        ] {
            let seconds = median(rounds.iter().map(|round| of(round[index])));
            let ratio = median(rounds.iter().map(|round| of(round[0]) / of(round[index])));
            print!(" {seconds:.2} | {ratio:.2} |");
        }
        println!();
    }
    println!();
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
