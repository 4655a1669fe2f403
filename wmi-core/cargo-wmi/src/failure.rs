//! The failure of a command, and its exit status.

use core::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::place::Place;
use crate::style::{ERROR, printable};

pub(crate) type Result<T = ()> = core::result::Result<T, Failure>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There are findings, already printed.
    Findings,
    /// The input is malformed.
    Input(String),
    /// The arguments are wrong.
    Usage(String),
    /// A file or a standard stream cannot be read or written.
    File(Place, io::Error),
}

impl Failure {
    /// Makes the failure of a malformed input.
    pub(crate) fn input(place: &Place, why: impl fmt::Display) -> Self {
        Self::Input(format!("{}: {why}", place.input_name()))
    }

    /// Prints the reason to standard error and returns the exit status.
    pub(crate) fn tell(&self) -> ExitCode {
        let status = match self {
            Self::Findings => return ExitCode::from(1),
            // The reader of the output closed it, as `head` does, which is not an error.
            Self::File(_, why) if why.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Input(_) => 1,
            Self::Usage(_) | Self::File(..) => 2,
        };
        // If this cannot be written, nothing is left to do.
        let why = printable(&self.to_string());
        let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {why}");
        ExitCode::from(status)
    }
}

/// Writes only the reason, for a failure printed with others.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings => Ok(()),
            Self::Input(why) | Self::Usage(why) => f.write_str(why),
            Self::File(place, why) => write!(f, "{place}: {why}"),
        }
    }
}

/// Makes an error of standard output, the only stream written without a name.
impl From<io::Error> for Failure {
    fn from(why: io::Error) -> Self {
        Self::File(Place::STANDARD, why)
    }
}
