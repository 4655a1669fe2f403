//! Generates providers of driver schemas, compiles them and runs their tests: each is registered,
//! queried, set and called, sends its events, and keeps the rules of WMI. The tests compare the values.
//!
//! All providers are modules of one package, which is compiled once.

use std::fs;
use std::path::Path;
use std::process::Command;

use wmi_core::schema::File;
use wmi_tests::{compiled_elsewhere, corpus, skipped};
use wmi_tools::Arena;
use wmi_tools::bmf::decode;
use wmi_tools::import::{DriverModel, Import, Options, ProviderOptions, rust};
use wmi_tools::mof::Reader;

#[path = "../../tests/tools/mof_reader/with_headers.rs"]
mod with_headers;

/// Classes with every kind of block.
const KINDS: &str = include_str!("provider/kinds.mof");

const MODELS: [DriverModel; 3] = [DriverModel::Wdm, DriverModel::Kmdf, DriverModel::Storport];

fn generate(name: &str, file: &File<'_>, model: DriverModel) -> Import {
    let mut options = Options::new(name);
    options.provider = Some(ProviderOptions::new(model));
    rust(file, &options)
}

fn read(name: &str, text: &[u8], model: DriverModel) -> Import {
    let arena = Arena::new();
    let mut headers = with_headers::WithHeaders;
    let reading = Reader::new(&arena).loader(&mut headers).read(name, text);
    assert!(!reading.has_errors(), "{name}: {:?}", reading.diagnostics);
    generate(name, &reading.file, model)
}

/// Returns a provider of each model for the own classes, and one for each schema of the corpus; the
/// schemas take turns in the models.
fn generated() -> Vec<Import> {
    let mut all: Vec<_> = MODELS
        .map(|model| read("kinds.mof", KINDS.as_bytes(), model))
        .into();
    let mut models = MODELS.iter().copied().cycle();
    let mut next = || models.next().expect("a cycle does not end");
    for folder in ["bmf", "bmf-large"] {
        for (name, bytes) in corpus::files(folder, "bmf").unwrap_or_default() {
            let arena = Arena::new();
            all.push(generate(&name, &decode(&arena, &bytes).unwrap(), next()));
        }
    }
    for (name, bytes) in corpus::files("mof", "mof").unwrap_or_default() {
        // `def.mof` includes it.
        if name != "common.mof" {
            all.push(read(&name, &bytes, next()));
        }
    }
    all
}

#[test]
fn generated_providers_build_and_pass_their_tests() {
    if compiled_elsewhere() {
        return skipped("there is no Cargo to build a package");
    }
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("providers");
    let tests = write_package(&package, &generated());
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "--quiet", "--lib", "--target-dir"])
        .arg(package.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(&package)
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{}", said.concat());
    let passed = format!("{tests} passed");
    assert!(said[0].contains(&passed), "{passed}: {}", said.concat());
}

#[test]
fn providers_are_formatted_like_rustfmt_output() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formatted");
    fs::create_dir_all(&folder).unwrap();
    for model in MODELS {
        let import = read("kinds.mof", KINDS.as_bytes(), model);
        let file = folder.join(format!("{model:?}.rs"));
        fs::write(&file, import.provider.expect("classes have blocks")).unwrap();
        let mut rustfmt = Command::new("rustfmt");
        let rustfmt = rustfmt.args(["--edition", "2024", "--check"]).arg(&file);
        match rustfmt.output() {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{said}");
            }
            Err(_) => return skipped("rustfmt is not installed"),
        }
    }
}

/// Writes the package, and returns the number of tests in it.
fn write_package(package: &Path, all: &[Import]) -> usize {
    let workspace = corpus::workspace();
    let sources = package.join("src");
    let _ = fs::remove_dir_all(&sources);
    let mut modules = String::from("//! Generated providers.\n");
    let mut tests = 0;
    for (number, import) in all.iter().enumerate() {
        // A schema of embedded classes alone has no blocks.
        let Some(provider) = &import.provider else {
            continue;
        };
        let folder = sources.join(format!("m{number}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("schema.rs"), &import.source).unwrap();
        fs::write(folder.join("provider.rs"), provider).unwrap();
        modules +=
            &format!("pub mod m{number} {{\n    pub mod provider;\n    pub mod schema;\n}}\n");
        tests += provider.matches("#[test]").count();
    }
    fs::write(sources.join("lib.rs"), modules).unwrap();
    let manifest = format!(
        "[package]\nname = \"providers\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nwmi-core = {{ path = {:?}, features = [\"derive\"] }}\n\n\
         [dev-dependencies]\nwmi-tools = {{ path = {:?}, features = [\"simulator\"] }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
        workspace.join("wmi-core"),
        workspace.join("wmi-core/tools")
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The workspace's versions, which are already downloaded.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    tests
}
