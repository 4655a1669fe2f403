//! The fake framework refuses what the published source of the framework refuses.
//!
//! `kmdf-create.txt` was recorded by running that source: a configuration and its status in each line.

use core::ptr;

use wmi_driver::fake::{Kernel, WdfDevice};

use super::super::replay;
use super::table::{Handle, InstanceConfig, ProviderConfig, Table, TypeInfo};

unsafe extern "system" fn control(_: Handle, _: i32, _: u8) -> i32 {
    0
}

unsafe extern "system" fn query(_: Handle, _: u32, _: *mut u8, _: *mut u32) -> i32 {
    0
}

unsafe extern "system" fn set(_: Handle, _: u32, _: *mut u8) -> i32 {
    0
}

unsafe extern "system" fn set_item(_: Handle, _: u32, _: u32, _: *mut u8) -> i32 {
    0
}

unsafe extern "system" fn execute(
    _: Handle,
    _: u32,
    _: u32,
    _: u32,
    _: *mut u8,
    _: *mut u32,
) -> i32 {
    0
}

/// The value of a key in a line of the trace.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.split([' ', ';'])
        .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn number<N: core::str::FromStr>(text: &str, key: &str) -> Option<N> {
    value(text, key)?.parse().ok()
}

fn provider(table: Table, device: WdfDevice, text: &str) -> (i32, Handle) {
    let size = size_of::<ProviderConfig>() as i32;
    let wrong = text.split("Size").nth(1);
    let wrong: i32 = wrong.map_or(0, |wrong| wrong.trim().parse().unwrap());
    let config = ProviderConfig {
        size: (size + wrong) as u32,
        guid: match value(text, "guid") {
            Some("zero") => [0; 16],
            name => replay::guid(name.unwrap_or("g0")).to_bytes(),
        },
        flags: u32::from_str_radix(value(text, "flags").unwrap(), 16).unwrap(),
        min: number(text, "min").unwrap(),
        control: (value(text, "FunctionControl") == Some("yes")).then_some(control),
    };
    table.provider(device, &config)
}

fn instance(table: Table, device: WdfDevice, text: &str) -> (i32, Handle) {
    let (status, provider) = provider(table, device, text);
    assert_eq!(status, 0, "{text}");
    let callbacks: Vec<_> = value(text, "callbacks").unwrap().split(',').collect();
    let config = InstanceConfig {
        provider,
        use_context_for_query: number(text, "UseContextForQuery").unwrap(),
        register: number(text, "Register").unwrap(),
        query: callbacks.contains(&"query").then_some(query),
        set: callbacks.contains(&"set").then_some(set),
        set_item: callbacks.contains(&"setitem").then_some(set_item),
        execute: callbacks.contains(&"execute").then_some(execute),
        ..InstanceConfig::default()
    };
    table.instance(&config, number(text, "context").map(TypeInfo::new))
}

/// Lines that go on with the device of the line before.
const GO_ON: [&str; 5] = [
    "duplicate.2",
    "duplicate.3",
    "duplicate.4",
    "after-register",
    "register-",
];

#[test]
fn creation_is_refused_as_the_framework_refuses_it() {
    let kernel = Kernel::new();
    let table = Table::of(&kernel);
    let create = || kernel.create_wdf_device(kernel.create_wdf_device_init());
    let mut device = create();
    let mut devices = vec![device];
    let mut last = ptr::null_mut();
    for line in replay::lines("kmdf-create.txt") {
        let (name, rest) = line.split_once(" | ").unwrap();
        let (text, expected) = rest.split_once(" -> ").unwrap();
        if !GO_ON.iter().any(|start| name.starts_with(start)) {
            device = create();
            devices.push(device);
        }
        if name == "after-register-new" {
            kernel.start_wdf_device(device).unwrap();
        }
        let status = match name {
            "register-twice" => {
                devices.push(create());
                let text =
                    "flags=0 min=12 callbacks=query UseContextForQuery=0 context=none Register=1";
                let (status, instance) = instance(table, devices[devices.len() - 1], text);
                assert_eq!(status, 0);
                last = instance;
                table.register(last)
            }
            "register-after-deregister" => {
                table.deregister(last);
                table.register(last)
            }
            _ if text.starts_with("instance of") => {
                let (status, instance) = instance(table, device, text);
                last = instance;
                status
            }
            _ => provider(table, device, text).0,
        };
        assert_eq!(format!("{status:08x}"), expected, "{line}");
    }
    // Second providers of a GUID, which the framework does not refuse.
    let found = kernel.take_bug_checks();
    assert!(found.iter().all(|it| it.code == 0x10d), "{found:?}");
    assert_eq!(found.len(), 3);
    for device in devices {
        kernel.remove_wdf_device(device);
    }
}
