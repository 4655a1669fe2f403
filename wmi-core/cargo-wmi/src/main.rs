//! `cargo wmi`: Microsoft's WMI toolchain on any machine.
//!
//! This file owns the command line; each command has its own file. All input goes through
//! [`input`], all results go through [`output`].

mod check;
mod client;
mod compile;
mod counters;
mod decode;
mod decompile;
mod diff;
mod doc;
mod failure;
mod firmware;
mod guid;
mod header;
mod import;
mod input;
mod layout;
mod model;
mod new;
mod output;
mod place;
mod recognise;
mod style;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Result;

const EXAMPLES: &str = "\
Examples:
  cargo wmi compile driver.mof -o driver.bmf
  cargo wmi decompile driver.sys
  cargo wmi header -m -u driver.mof -o driver.h
  cargo wmi import driver.sys -o src/schema.rs
  cargo wmi layout driver.bmf
  cargo wmi counters driver.mof
  cargo wmi client driver.sys --powershell -o Driver.psm1
  cargo wmi decode driver.sys --wnode --data dump.txt
  cargo wmi check driver.mof
  cargo wmi diff published.mof driver.mof
  cargo wmi doc driver.mof -o driver.html
  cargo wmi firmware /sys/firmware/acpi/tables/SSDT1
  cargo wmi guid
  cargo wmi new thermometer --kmdf

Exit status:
  0  success, and nothing was found
  1  the input has errors, or `check` or `diff` found something
  2  wrong arguments, or a file cannot be read or written";

/// Write, check, convert and document the WMI schema of a Windows driver
///
/// A schema is MOF text in any encoding, binary MOF, or a driver image, a firmware table or a listing
/// of a table that contains it; the format is recognised from the content. `-` is standard input or output. Results go
/// to standard output, or with `-o` to a file, which is replaced as a whole or not at all. Messages
/// go to standard error.
#[derive(Parser)]
#[command(name = "cargo-wmi", bin_name = "cargo wmi", version, after_help = EXAMPLES)]
#[command(max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compile(compile::Compile),
    Decompile(decompile::Decompile),
    Header(header::Header),
    Import(import::Import),
    Layout(layout::Layout),
    Counters(counters::Counters),
    Client(client::Client),
    Decode(decode::Decode),
    Check(check::Check),
    Diff(diff::Diff),
    Doc(doc::Doc),
    Firmware(firmware::Firmware),
    Guid(guid::Guid),
    New(new::New),
}

fn main() -> ExitCode {
    let done = run(Arguments::parse_from(arguments()).command);
    done.map_or_else(|failure| failure.tell(), |()| ExitCode::SUCCESS)
}

fn run(command: Command) -> Result {
    match command {
        Command::Compile(command) => command.run(),
        Command::Decompile(command) => command.run(),
        Command::Header(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Layout(command) => command.run(),
        Command::Counters(command) => command.run(),
        Command::Client(command) => command.run(),
        Command::Decode(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Doc(command) => command.run(),
        Command::Firmware(command) => command.run(),
        Command::Guid(command) => command.run(),
        Command::New(command) => command.run(),
    }
}

/// Returns the arguments without the `wmi` that Cargo adds: it runs `cargo-wmi wmi ..`.
fn arguments() -> impl Iterator<Item = OsString> {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "wmi") {
        arguments.remove(1);
    }
    arguments.into_iter()
}
