//! The options that choose a driver model.

use clap::Args;
use wmi_tools::import::DriverModel;

/// The driver model.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct Model {
    /// WDM: a function, filter or bus driver; the default
    #[arg(long)]
    wdm: bool,
    /// KMDF: a driver on the framework
    #[arg(long)]
    kmdf: bool,
    /// Storport: a miniport
    #[arg(long)]
    storport: bool,
}

impl Model {
    pub(crate) fn chosen(&self) -> DriverModel {
        match self {
            Self { kmdf: true, .. } => DriverModel::Kmdf,
            Self { storport: true, .. } => DriverModel::Storport,
            _ => DriverModel::Wdm,
        }
    }

    /// Returns the given option.
    pub(crate) fn option(&self) -> Option<&'static str> {
        match self {
            Self { wdm: true, .. } => Some("--wdm"),
            Self { kmdf: true, .. } => Some("--kmdf"),
            Self { storport: true, .. } => Some("--storport"),
            _ => None,
        }
    }
}
