//! The templates, and [`Template`], which fills them.

use wmi_tools::import::DriverModel;

/// The values of `{{key}}` in templates. A value may contain keys that were set before it.
pub(super) struct Template(Vec<(String, String)>);

impl Template {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn set(&mut self, key: &str, value: &str) -> &mut Self {
        self.0.push((format!("{{{{{key}}}}}"), value.to_owned()));
        self
    }

    pub(super) fn fill(&self, text: &str) -> String {
        let values = self.0.iter().rev();
        values.fold(text.to_owned(), |text, (key, value)| {
            text.replace(key, value)
        })
    }
}

/// The files of every project, by their paths in it.
pub(super) const COMMON: &[(&str, &str)] = &[
    (".gitignore", "/target\n"),
    ("Cargo.toml", include_str!("manifest.toml")),
    ("README.md", include_str!("README.md")),
    ("build.rs", include_str!("build.rs")),
    ("ci.sh", include_str!("ci.sh")),
    ("src/device.rs", include_str!("device.rs")),
    ("src/kernel/runtime.rs", include_str!("runtime.rs")),
    ("src/lib.rs", include_str!("lib.rs")),
    ("src/main.rs", include_str!("main.rs")),
];

/// The part of a project that depends on the driver model.
pub(super) struct Kernel {
    /// The kind of driver, in a sentence.
    pub(super) title: &'static str,
    /// The contents of `src/kernel/`, in a sentence.
    pub(super) contents: &'static str,
    /// The parameters of `Device::idle`, and the members that they initialise.
    pub(super) parameters: &'static str,
    pub(super) members: &'static str,
    /// Its arguments in a test.
    pub(super) arguments: &'static str,
    /// The dependencies of the driver, as in a manifest.
    pub(super) dependencies: &'static str,
    /// The class of the INF, and the lines and sections after those of the service.
    pub(super) inf_class: &'static str,
    pub(super) inf_service: &'static str,
    /// The other files, by their paths in the project.
    pub(super) files: &'static [(&'static str, &'static str)],
}

const SYSTEM: &str = "Class = System\nClassGuid = {4d36e97d-e325-11ce-bfc1-08002be10318}\n";

const WDM: Kernel = Kernel {
    title: "WDM driver",
    contents: "`DriverEntry`, `AddDevice`, and the IRPs of Plug and Play, of power and of WMI",
    parameters: "physical_device_object: usize, registry_path: &'static [u16]",
    members: "            physical_device_object,\n            registry_path,\n",
    arguments: "0x1000, &[0x5c]",
    dependencies: include_str!("wdm/dependencies.toml"),
    inf_class: SYSTEM,
    inf_service: "",
    files: &[
        ("src/kernel/irp.rs", include_str!("wdm/irp.rs")),
        ("src/kernel/mod.rs", include_str!("wdm/kernel.rs")),
        (
            "src/kernel/plug_and_play.rs",
            include_str!("wdm/plug_and_play.rs"),
        ),
    ],
};

/// The version is that of `kmdf/wdf.rs`.
const KMDF: Kernel = Kernel {
    title: "KMDF driver",
    contents: "`DriverEntry`, the binding to the framework, and its callbacks for a device",
    parameters: "",
    members: "",
    arguments: "",
    dependencies: include_str!("kmdf/dependencies.toml"),
    inf_class: SYSTEM,
    inf_service: "
[Driver_Install.NT.Wdf]
KmdfService = {{name}}, Driver_Wdf

[Driver_Wdf]
KmdfLibraryVersion = 1.15
",
    files: &[
        ("src/kernel/mod.rs", include_str!("kmdf/kernel.rs")),
        ("src/kernel/wdf.rs", include_str!("kmdf/wdf.rs")),
    ],
};

/// Source of the registry values: "Registry Entries for Storport Miniport Drivers",
/// windows-driver-docs.
const STORPORT: Kernel = Kernel {
    title: "virtual miniport of Storport",
    contents: "`DriverEntry`, and the routines that the port driver calls",
    parameters: "",
    members: "",
    arguments: "",
    dependencies: include_str!("storport/dependencies.toml"),
    inf_class: "Class = SCSIAdapter\nClassGuid = {4d36e97b-e325-11ce-bfc1-08002be10318}\n",
    inf_service: r#"LoadOrderGroup = SCSI Miniport
AddReg = Driver_Parameters

[Driver_Parameters]
HKR, "Parameters\PnpInterface", "0", 0x00010001, 1 ; the interface type Internal
HKR, "Parameters", "BusType", 0x00010001, 0xe ; BusTypeVirtual
"#,
    files: &[
        ("src/kernel/mod.rs", include_str!("storport/kernel.rs")),
        (
            "src/kernel/storport.rs",
            include_str!("storport/storport.rs"),
        ),
    ],
};

impl Kernel {
    /// Returns the part for a model; `None` for one without templates.
    pub(super) const fn of(model: DriverModel) -> Option<&'static Self> {
        match model {
            DriverModel::Wdm => Some(&WDM),
            DriverModel::Kmdf => Some(&KMDF),
            DriverModel::Storport => Some(&STORPORT),
            _ => None,
        }
    }
}
