//! The provider beside the structs. The package `wmi-cargo-tests` compiles providers and runs them.

use wmi_tools::Arena;
use wmi_tools::import::{DriverModel, Options, ProviderOptions, rust};

use super::read;

const SETTINGS: &str = r#"
[Dynamic, Provider("WMIProv"), WMI, guid("{0f1f5e0e-1d0a-4a58-9c5e-6a8f1b7f9c13}")]
class Sample_Settings
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [WmiDataId(1), read, write] uint32 Interval;
};
"#;

fn provider(text: &str, options: Option<ProviderOptions>) -> Option<String> {
    let arena = Arena::new();
    let file = read(&arena, "test.mof", text.as_bytes());
    let mut all = Options::new("test.mof");
    all.provider = options;
    rust(&file, &all).provider
}

fn of_model(text: &str, model: DriverModel) -> String {
    provider(text, Some(ProviderOptions::new(model))).expect("a class has a block")
}

#[test]
fn places_to_fill_in_are_marked_and_answer_with_a_status() {
    let text = SETTINGS.replace("read, write]", "read]");
    let source = of_model(&text, DriverModel::Kmdf);
    let query = "    fn query(&self) -> Result<schema::SampleSettings, NtStatus> {
        // TODO: read the values from the device.
        let values = self.sample_settings.clone();
        values.ok_or(NtStatus::NOT_IMPLEMENTED)
    }
";
    assert!(source.contains(query), "{source}");
    for panics in ["todo!", "unimplemented!", "panic!"] {
        assert!(!source.contains(panics), "{panics}");
    }
}

#[test]
fn blocks_with_other_items_than_numbers_are_stored_as_a_whole() {
    let text = SETTINGS.replace(
        "};",
        "[WmiDataId(2), read, write, MaxLen(8)] string Label;\n};",
    );
    let source = of_model(&text, DriverModel::Kmdf);
    for part in [
        "    pub sample_settings: Stored<schema::SampleSettings>,\n",
        "            sample_settings: Stored::new(&sample_settings()),\n",
        "    fn query(&self) -> Result<schema::SampleSettings, NtStatus> {
        self.sample_settings.load()
    }

    fn set(&self, block: &Wire<schema::SampleSettings>) -> Result<(), NtStatus> {
        // TODO: refuse values that the device cannot take, and pass it the others.
        self.sample_settings.store(block)
    }
",
        "        let mut values = sample_settings();
        values.interval = 2;
        values.label = wmi_core::Text::truncated(\"other\");
        wmi.set(0, &values.snapshot())?;
",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(!source.contains("Atomic"), "{source}");
}

#[test]
fn blocks_of_variable_size_are_stored_with_room_for_the_largest_values() {
    let items = "[WmiDataId(2), read] string Owner;
        [WmiDataId(3), read, write, Values{\"A\", \"B\"}, ValueMap{\"1\", \"2\"}] uint8 Kind;\n};";
    let source = of_model(&SETTINGS.replace("};", items), DriverModel::Kmdf);
    for part in [
        "    pub sample_settings: StoredVariable<schema::SampleSettings<'static>, 256>,\n",
        "        // TODO: read the items that clients cannot set from the device.
        self.sample_settings.send(reply)
",
        "        self.sample_settings.store(block)\n",
        "    // TODO: add `set_item` if clients set single items.",
        "from_repr(2).unwrap();
        wmi.set_variable(0, &values)?;
",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(!source.contains("values.owner ="), "{source}");
    let large = items.replace("uint8 Kind", "uint64 Kinds[250]");
    let source = of_model(&SETTINGS.replace("};", &large), DriverModel::Kmdf);
    assert!(source.contains(", 4096>,"), "{source}");
}

#[test]
fn parts_of_embedded_classes_are_set() {
    let text = "[WMI] class Sample_Point { [WmiDataId(1), read] uint16 X; };
        [WMI] class Sample_Line
        {
            [WmiDataId(1), read] Sample_Point Ends[2];
            [WmiDataId(2), read] uint32 Count;
            [WmiDataId(3), read, WmiSizeIs(\"Count\")] Sample_Point Points[];
        };"
    .to_owned()
        + &SETTINGS.replace("uint32 Interval", "Sample_Line Line");
    let source = of_model(&text, DriverModel::Wdm);
    let changes = "        let mut values = sample_settings();
        values.line.ends[1].x = 2;
        values.line.points = {
            let mut element = sample_point();
            element.x = 2;
            vec![sample_point(), element].leak()
        };
";
    assert!(source.contains(changes), "{source}");
}

#[test]
fn classes_within_classes_are_tested_in_part_or_left_out() {
    // Each class has two of the one before.
    let nested = |item: &str, depth: u32| {
        let first = format!("[WMI] class C0 {{ [WmiDataId(1), read] {item} A; }};");
        let others = (1..=depth).map(|number| {
            let inner = number - 1;
            format!(
                "[WMI] class C{number} {{ [WmiDataId(1), read] C{inner} A; \
                 [WmiDataId(2), read] C{inner} B; }};"
            )
        });
        let all: Vec<_> = core::iter::once(first).chain(others).collect();
        all.concat() + &SETTINGS.replace("uint32 Interval", &format!("C{depth} Interval"))
    };
    let provider = |text: &str| of_model(text, DriverModel::Kmdf);
    for (item, depth) in [("uint8", 10), ("string", 5)] {
        let source = provider(&nested(item, depth));
        let changes = source.matches("        values.interval.").count();
        assert!((10..100).contains(&changes), "{changes}");
    }
    let source = provider(
        &(nested("string", 30)
            + &SETTINGS
                .replace("9c13", "9c14")
                .replace("Sample_", "Other_")),
    );
    assert!(source.contains("// - Sample_Settings: its values are too large for a WNODE\n"));
}

#[test]
fn sets_of_counters_are_left_to_fill_in() {
    let counter = "[WmiDataId(2), read, CounterType(65792), DefaultScale(0), PerfDetail(100)]
        uint64 Lost;\n};";
    let source = of_model(&SETTINGS.replace("};", counter), DriverModel::Kmdf);
    assert!(
        source.contains("    // TODO: take sets by a `Handle`"),
        "{source}"
    );
}

/// Each request would copy them to the stack of the kernel.
#[test]
fn large_blocks_of_variable_size_are_not_stored() {
    let text = SETTINGS.replace(
        "};",
        "[WmiDataId(2), read] string Label;\n[WmiDataId(3), read, write] uint64 Table[1000];\n};",
    );
    let source = of_model(&text, DriverModel::Kmdf);
    assert!(!source.contains("StoredVariable"), "{source}");
    let set = "    // TODO: add `set`; the values are too large for a copy on the stack. Without it, sets are
    // refused.
";
    assert!(source.contains(set), "{source}");
    assert!(!source.contains("wmi.set_variable"), "{source}");
}

#[test]
fn numbers_that_clients_set_are_stored_and_read_back() {
    let source = of_model(SETTINGS, DriverModel::Kmdf);
    for part in [
        "    pub sample_settings_interval: AtomicU32,\n",
        "            interval: self.sample_settings_interval.load(Ordering::Relaxed),\n",
        "        let value = block.get(schema::SampleSettings::INTERVAL);\n",
        "        self.sample_settings_interval.store(value, Ordering::Relaxed);\n",
        "        wmi.set(0, &values.snapshot())?;\n",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(
        !source.contains("Err(NtStatus::NOT_IMPLEMENTED)"),
        "{source}"
    );
}

#[test]
fn arrays_of_numbers_are_stored_element_by_element() {
    let source = of_model(
        &SETTINGS.replace("uint32 Interval;", "uint8 Key[6];"),
        DriverModel::Storport,
    );
    for part in [
        "    pub sample_settings_key: [AtomicU8; 6],\n",
        "        let mut sample_settings_key = [0; 6];\n",
        "            key: sample_settings_key,\n",
        "        // Sets may run at the same time, and then mix their values.\n",
        "            stored.store(value, Ordering::Relaxed);\n",
        "        values.key = [2; 6];\n",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
}

#[test]
fn values_that_clients_cannot_set_are_left_to_fill_in() {
    let label = "[WmiDataId(2), read, MaxLen(8)] string Label;\n};";
    let source = of_model(&SETTINGS.replace("};", label), DriverModel::Kmdf);
    let query = "            interval: self.sample_settings_interval.load(Ordering::Relaxed),
            ..values
";
    assert!(source.contains(query), "{source}");
}

#[test]
fn outputs_come_from_the_device_and_are_compared() {
    let methods = "[WmiMethodId(1), Implemented] void Read([in] uint8 Register, [out] uint8 Value);
        [WmiMethodId(2), Implemented] void Reset();\n};";
    let source = of_model(&SETTINGS.replace("};", methods), DriverModel::Kmdf);
    for part in [
        "    pub read: Option<schema::ReadOut>,\n",
        "        let output = output.ok_or(NtStatus::NOT_IMPLEMENTED)?;\n",
        "            read: Some(read()),\n",
        "        let sent = schema::ReadIn { register: 1 };\n",
        "        assert_eq!(output.as_bytes(), encoded(&read()));\n",
        // Without outputs there is nothing to compare but the status.
        "        // TODO: expect success, once the method is executed.
        let answer = wmi.execute::<schema::SampleSettings, schema::Reset>(0, &sent);
        assert_eq!(refusal(answer), Some(NtStatus::NOT_IMPLEMENTED));\n",
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
}

#[test]
fn each_model_has_its_constructor() {
    let constructors = [
        (DriverModel::Wdm, "Provider::with_pdo("),
        (DriverModel::Kmdf, "Provider::kmdf("),
        (DriverModel::Storport, "Provider::storport("),
    ];
    for (model, constructor) in constructors {
        assert!(of_model(SETTINGS, model).contains(constructor), "{model:?}");
    }
}

#[test]
fn module_of_the_classes_is_renamed() {
    let mut options = ProviderOptions::new(DriverModel::Wdm);
    options.module = "classes".to_owned();
    let source = provider(SETTINGS, Some(options)).unwrap();
    assert!(source.contains("\nuse super::classes as schema;\n"));
}

#[test]
fn classes_without_a_block_are_listed() {
    let same = SETTINGS.replace("Sample_Settings", "Sample_Copy");
    let empty = SETTINGS
        .replace("Sample_Settings", "Sample_Empty")
        .replace("9c13", "9c14")
        .replace("    [WmiDataId(1), read, write] uint32 Interval;\n", "");
    let source = of_model(&[SETTINGS, &same, &empty].concat(), DriverModel::Wdm);
    let listed = "// Without a block:
// - Sample_Copy: another class has the same GUID
// - Sample_Empty: it has neither items nor methods
";
    assert!(source.contains(listed), "{source}");
}

#[test]
fn provider_is_written_only_on_request_and_for_classes_with_blocks() {
    assert_eq!(provider(SETTINGS, None), None);
    let options = || Some(ProviderOptions::new(DriverModel::Wdm));
    let embedded = "[WMI] class Sample_Part { [WmiDataId(1), read] uint32 X; };";
    assert_eq!(provider(embedded, options()), None);
}
