//! Why a command does not succeed, and the exit status that says so.

use core::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::place::Place;
use crate::style::{ERROR, printable};

pub(crate) type Result<T = ()> = core::result::Result<T, Failure>;

/// Why a command does not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There are findings, which have been told.
    Findings,
    /// The input is at fault.
    Input(String),
    /// The arguments are.
    Usage(String),
    /// A file or a standard stream is.
    File(Place, io::Error),
}

impl Failure {
    /// An input at fault, and how.
    pub(crate) fn input(place: &Place, why: impl fmt::Display) -> Self {
        Self::Input(format!("{}: {why}", place.input_name()))
    }

    /// The exit status, once standard error has been told why.
    pub(crate) fn tell(&self) -> ExitCode {
        let status = match self {
            Self::Findings => return ExitCode::from(1),
            // The reader of the output has gone, as `head` does, which is not an error.
            Self::File(_, why) if why.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Input(_) => 1,
            Self::Usage(_) | Self::File(..) => 2,
        };
        // Nothing is left to do if even this cannot be written.
        let why = printable(&self.to_string());
        let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {why}");
        ExitCode::from(status)
    }
}

/// The reason alone, for a failure that is told with others.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings => Ok(()),
            Self::Input(why) | Self::Usage(why) => f.write_str(why),
            Self::File(place, why) => write!(f, "{place}: {why}"),
        }
    }
}

/// Of standard output, the one stream that is written to without a name at hand.
impl From<io::Error> for Failure {
    fn from(why: io::Error) -> Self {
        Self::File(Place::STANDARD, why)
    }
}
