//! Compiles the rival that is written in C.

fn main() {
    println!("cargo::rerun-if-changed=src/c");
    cc::Build::new()
        .files(["src/c/dispatcher.c", "src/c/counters.c"])
        .opt_level(2)
        .warnings_into_errors(true)
        .compile("dispatcher");
}
