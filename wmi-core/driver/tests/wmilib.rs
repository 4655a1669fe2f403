//! Tables of WMILIB over fake class drivers: registration, every callback, events, and the two ways in
//! which a table is handed over.

#![allow(unsafe_code, reason = "the tests play the class drivers")]

#[path = "common/battery.rs"]
mod battery;

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::Ordering;

use battery::{
    Battery, HalveIn, HalveOut, Miniport, REFUSED, REGISTRY_PATH, Vendor_Cell, Vendor_Charger,
    Vendor_Hot, Vendor_Maker,
};
use wmi_core::provider::{Minor, RefusalCause};
use wmi_core::{DataBlock, NtStatus, VariableClass};
use wmi_driver::fake::{IrpRequest, Irql, Kernel, WmilibAnswer, WmilibCall};
use wmi_driver::layout::{DeviceObject, UnicodeString};
use wmi_driver::wmilib::{IID_PORT_WMI_REGISTRATION, PortWmiRegistration};

const CELLS: u32 = 0;
const CHARGER: u32 = 1;
const MAKER: u32 = 2;
const HOT: u32 = 3;
/// Of the battery class driver.
const CLASS: u32 = 7;

fn query(first: u32, count: u32, size: usize) -> WmilibCall {
    WmilibCall::Query {
        first,
        count,
        has_lengths: true,
        size,
    }
}

fn call(miniport: &Miniport<'_>, index: u32, call: &WmilibCall) -> WmilibAnswer {
    let table = miniport.battery().wmi.context();
    let kernel = miniport.kernel;
    kernel.wmilib_call(miniport.device, table, index, call)
}

#[track_caller]
fn failed(answer: &WmilibAnswer, status: NtStatus, used: u32) {
    assert_eq!((answer.status, answer.used), (status, used));
}

#[test]
fn the_table_registers_all_blocks() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let mut path: Vec<u16> = r"\Registry\Machine\Test".encode_utf16().collect();
    let length = u16::try_from(path.len() * 2).unwrap();
    let string = UnicodeString {
        length,
        maximum_length: length,
        buffer: path.as_mut_ptr(),
    };
    // SAFETY: the string is valid.
    unsafe { REGISTRY_PATH.copy(&raw const string) };
    let battery = miniport.battery();
    let registration = || kernel.wmilib_registration(miniport.device, battery.wmi.context());
    let registered = registration();
    assert_eq!(registered.flags, 0x20, "WMIREG_FLAG_INSTANCE_PDO");
    assert_eq!(registered.registry_path, path);
    let resource: Vec<u16> = "BatteryMof".encode_utf16().collect();
    assert_eq!(registered.resource, resource);
    assert_eq!(registered.pdo, miniport.pdo.as_ptr().addr());
    let expected = [
        (Vendor_Cell::GUID, 3, 0),
        (Vendor_Charger::GUID, 1, 1),
        (Vendor_Maker::GUID, 1, 0),
        (Vendor_Hot::GUID, 1, 0x40),
    ];
    assert_eq!(registered.blocks, expected);

    battery.has_charger.set(false);
    assert_eq!(registration().blocks[1], (Vendor_Charger::GUID, 0, 1));
    failed(
        &call(&miniport, CHARGER, &query(0, 1, 8)),
        NtStatus::WMI_GUID_NOT_FOUND,
        0,
    );
}

#[test]
fn queries_give_each_instance_and_its_length() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let answer = call(&miniport, CELLS, &query(0, 3, 64));
    failed(&answer, NtStatus::SUCCESS, 21);
    assert_eq!(answer.lengths, [5, 5, 5]);
    let mut expected = [0; 21];
    for (index, faults) in [1_u8, 2, 3].into_iter().enumerate() {
        let cycles = (u32::from(faults) * 100).to_le_bytes();
        expected[index * 8..index * 8 + 4].copy_from_slice(&cycles);
        expected[index * 8 + 4] = faults;
    }
    assert_eq!(answer.buffer[..21], expected);
    assert!(answer.buffer[21..].iter().all(|byte| *byte == 0xa5));

    let answer = call(&miniport, CELLS, &query(2, 1, 5));
    assert_eq!((answer.used, answer.buffer[4]), (5, 3));
    failed(
        &call(&miniport, CELLS, &query(3, 1, 64)),
        NtStatus::WMI_INSTANCE_NOT_FOUND,
        0,
    );
    let answer = call(&miniport, MAKER, &query(0, 1, 64));
    assert_eq!(answer.used, 12);
    assert_eq!(answer.buffer[..4], [10, 0, b'V', 0]);
}

#[test]
fn small_buffers_get_the_size_needed() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    for size in 0..21 {
        let answer = call(&miniport, CELLS, &query(0, 3, size));
        failed(&answer, NtStatus::BUFFER_TOO_SMALL, 21);
    }
    // Without room for the lengths, the size alone is asked for.
    let sizing = WmilibCall::Query {
        first: 0,
        count: 3,
        has_lengths: false,
        size: 0,
    };
    let answer = call(&miniport, CELLS, &sizing);
    failed(&answer, NtStatus::BUFFER_TOO_SMALL, 21);
    failed(
        &call(&miniport, MAKER, &query(0, 1, 11)),
        NtStatus::BUFFER_TOO_SMALL,
        12,
    );
}

#[test]
fn values_are_set() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let limit = || miniport.battery().limit.load(Ordering::Relaxed);
    let set = WmilibCall::Set(0, vec![1, 2, 0, 0]);
    failed(&call(&miniport, CHARGER, &set), NtStatus::SUCCESS, 0);
    assert_eq!(limit(), 0x201);
    let item = WmilibCall::SetItem(0, 1, vec![7, 0, 0, 0]);
    failed(&call(&miniport, CHARGER, &item), NtStatus::SUCCESS, 0);
    assert_eq!(limit(), 7);
    for (index, refused, status) in [
        (
            CHARGER,
            WmilibCall::Set(0, vec![1]),
            NtStatus::WMI_SET_FAILURE,
        ),
        (
            CHARGER,
            WmilibCall::Set(0, vec![]),
            NtStatus::WMI_SET_FAILURE,
        ),
        (
            CELLS,
            WmilibCall::Set(0, vec![0; 5]),
            NtStatus::WMI_READ_ONLY,
        ),
        (
            CHARGER,
            WmilibCall::SetItem(0, 2, vec![0; 4]),
            NtStatus::WMI_ITEMID_NOT_FOUND,
        ),
        (
            HOT + 1,
            WmilibCall::Set(0, vec![]),
            NtStatus::WMI_GUID_NOT_FOUND,
        ),
    ] {
        failed(&call(&miniport, index, &refused), status, 0);
    }
}

#[test]
fn methods_are_executed() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let mut input = vec![0; 4];
    HalveIn { times: 3 }.encode(&mut input).unwrap();
    let execute = |method, claimed, output| WmilibCall::Execute {
        instance: 0,
        method,
        input: input.clone(),
        claimed,
        output,
    };
    let answer = call(&miniport, CHARGER, &execute(3, 4, 8));
    failed(&answer, NtStatus::SUCCESS, 4);
    assert_eq!(HalveOut::decode(&answer.buffer).unwrap().limit, 100);
    failed(
        &call(&miniport, CHARGER, &execute(4, 4, 8)),
        NtStatus::WMI_ITEMID_NOT_FOUND,
        0,
    );
    // The input would reach past the end of the buffer.
    failed(
        &call(&miniport, CHARGER, &execute(3, 9, 8)),
        NtStatus::INVALID_PARAMETER,
        0,
    );
    failed(
        &call(&miniport, CELLS, &execute(3, 4, 8)),
        NtStatus::INVALID_DEVICE_REQUEST,
        0,
    );
}

#[test]
fn events_and_collection_are_switched() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let battery = miniport.battery();
    let hot = Vendor_Hot { temperature: 61 };
    battery.wmi.send(&battery.hot, 0, &hot).unwrap();
    assert_eq!(kernel.take_wmilib_events(), [], "nobody listens");
    let control = |index, function, enable| {
        call(&miniport, index, &WmilibCall::Control(function, enable)).status
    };
    assert_eq!(control(HOT, 0, true), NtStatus::SUCCESS);
    kernel.at(Irql::Dispatch, || {
        battery.wmi.send(&battery.hot, 2, &hot).unwrap();
    });
    let expected = [(Vendor_Hot::GUID, 2, vec![61, 0, 0, 0])];
    assert_eq!(kernel.take_wmilib_events(), expected);
    kernel.limit_allocations(Some(0));
    let sent = battery.wmi.send(&battery.hot, 2, &hot);
    assert_eq!(sent, Err(NtStatus::INSUFFICIENT_RESOURCES));
    kernel.limit_allocations(None);

    assert_eq!(control(CHARGER, 1, true), NtStatus::SUCCESS);
    assert!(battery.collecting.load(Ordering::Relaxed));
    // What was enabled is disabled although the block has gone.
    battery.has_charger.set(false);
    assert_eq!(control(CHARGER, 1, false), NtStatus::SUCCESS);
    assert!(!battery.collecting.load(Ordering::Relaxed));
    assert_eq!(control(CHARGER, 2, true), NtStatus::INVALID_PARAMETER);
    assert_eq!(control(HOT + 1, 0, true), NtStatus::WMI_GUID_NOT_FOUND);
}

#[test]
fn answers_that_take_time_fail() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    miniport.battery().is_busy.store(true, Ordering::Relaxed);
    failed(
        &call(&miniport, CHARGER, &query(0, 1, 8)),
        NtStatus::INTERNAL_ERROR,
        0,
    );
}

#[test]
fn the_battery_class_answers_for_its_own_classes() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, true);
    let answer = call(&miniport, CLASS, &query(0, 1, 8));
    assert_eq!((answer.used, &answer.buffer[..4]), (4, &b"batt"[..]));
    let answer = call(&miniport, CELLS, &query(0, 1, 8));
    assert_eq!((answer.used, answer.buffer[4]), (5, 1));
}

/// The dispatch routine of the miniport.
unsafe extern "system" fn dispatch(device: *mut DeviceObject, irp: *mut c_void) -> i32 {
    // SAFETY: the device is that of the test, and has this extension.
    let battery = unsafe { &*(*device).device_extension.cast::<Battery>() };
    let class_data = ptr::dangling_mut::<u64>();
    // SAFETY: the IRP is that of the dispatch routine.
    let status = unsafe { battery.wmi.battery_system_control(class_data, irp) };
    status.expect("the tests send no other request")
}

#[test]
fn what_the_battery_class_leaves_is_completed() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, true);
    let object = miniport.device.as_ptr().cast::<DeviceObject>();
    // SAFETY: the device and its driver are the fake kernel's, and stay.
    unsafe { (*(*object).driver_object).major_function[0x17] = dispatch as *mut c_void };
    let request = IrpRequest::new(Minor::QueryAllData, miniport.device).buffer(64);
    let completed = kernel.send(miniport.device, request);
    assert_eq!(completed.status, NtStatus::WMI_GUID_NOT_FOUND);
}

/// An `IPortWMIRegistration` that records its calls.
#[repr(C)]
struct Port {
    functions: *const [*const c_void; 5],
    calls: Vec<(usize, usize)>,
}

unsafe extern "system" fn register(
    port: *mut Port,
    device: *mut c_void,
    table: *const c_void,
) -> i32 {
    // SAFETY: the test's port.
    unsafe { (*port).calls.push((device.addr(), table.addr())) };
    0
}

unsafe extern "system" fn unregister(port: *mut Port, device: *mut c_void) -> i32 {
    // SAFETY: the test's port.
    unsafe { (*port).calls.push((device.addr(), 0)) };
    i32::from_ne_bytes(0xc000_000d_u32.to_ne_bytes())
}

#[test]
fn an_audio_adapter_hands_its_table_to_port_class() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let wmi = &miniport.battery().wmi;
    let functions = [
        ptr::null(),
        ptr::null(),
        ptr::null(),
        register as *const c_void,
        unregister as *const c_void,
    ];
    let mut port = Port {
        functions: &raw const functions,
        calls: Vec::new(),
    };
    // SAFETY: the port is such an interface, and stays.
    let interface = unsafe { PortWmiRegistration::new(&raw mut port) };
    // SAFETY: the table lies in the extension.
    unsafe { interface.register(wmi) }.unwrap();
    assert_eq!(interface.unregister(wmi), Err(NtStatus::INVALID_PARAMETER));
    let device = miniport.device.as_ptr().addr();
    assert_eq!(port.calls, [(device, wmi.context().addr()), (device, 0)]);
    let text = IID_PORT_WMI_REGISTRATION.to_string();
    assert_eq!(text, "d80b18e7-804c-4e1e-82d3-2461ec06e7c7");
}

#[test]
fn refused_callbacks_are_reported() {
    let kernel = Kernel::new();
    let miniport = Miniport::new(&kernel, false);
    let execute = |method, claimed| WmilibCall::Execute {
        instance: 0,
        method,
        input: vec![],
        claimed,
        output: 8,
    };
    for (index, sent, minor, cause) in [
        (
            CELLS,
            query(3, 1, 64),
            Minor::QuerySingleInstance,
            RefusalCause::UnknownInstance,
        ),
        (
            CELLS,
            WmilibCall::Set(0, vec![0; 5]),
            Minor::ChangeSingleInstance,
            RefusalCause::ReadOnly,
        ),
        (
            CHARGER,
            WmilibCall::SetItem(0, 7, vec![]),
            Minor::ChangeSingleItem,
            RefusalCause::UnknownId(7),
        ),
        (
            CHARGER,
            execute(99, 0),
            Minor::ExecuteMethod,
            RefusalCause::UnknownId(99),
        ),
        (
            CHARGER,
            execute(1, 9),
            Minor::ExecuteMethod,
            RefusalCause::DataPlace,
        ),
        (
            HOT,
            query(0, 1, 8),
            Minor::QuerySingleInstance,
            RefusalCause::EventOnly,
        ),
    ] {
        let status = call(&miniport, index, &sent).status;
        let refused = REFUSED.take().expect("it is refused");
        let found = (refused.minor, refused.cause, refused.status);
        assert_eq!(found, (minor, cause, status));
    }
    miniport.battery().has_charger.set(false);
    let _ = call(&miniport, CHARGER, &query(0, 1, 8));
    let refused = REFUSED.take().expect("it is refused");
    assert_eq!(refused.cause, RefusalCause::AbsentBlock);
    for size in [4, 64] {
        let _ = call(&miniport, CELLS, &query(0, 1, size));
        assert_eq!(REFUSED.take(), None);
    }
}
