//! The driver that the traces of the framework were recorded with; see `tests/traces/README.md`.

use core::cell::RefCell;
use core::slice;
use std::collections::BTreeMap;

use wmi_core::NtStatus;
use wmi_driver::fake::{Kernel, WdfDevice};

use super::super::replay;
use super::table::{Handle, InstanceConfig, ProviderConfig, Table, TypeInfo};

const DEVICE_BUSY: NtStatus = NtStatus::from_value(0x8000_0011);
const UNSUCCESSFUL: NtStatus = NtStatus::from_value(0xc000_0001);

/// The state of the driver, which callbacks find by a handle.
struct State {
    interval: u32,
    limit: u32,
    events: u8,
    collect: u8,
    methods: [u32; 3],
    /// The block and the number of an instance, or the block of a provider.
    handles: BTreeMap<usize, (usize, usize)>,
    callbacks: Vec<String>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            interval: 100,
            limit: 5,
            events: 0,
            collect: 0,
            methods: [0; 3],
            handles: BTreeMap::new(),
            callbacks: Vec::new(),
        })
    };
}

fn state<R>(f: impl FnOnce(&mut State) -> R) -> R {
    STATE.with_borrow_mut(f)
}

/// Records a callback for an instance or a provider, and returns which it is.
fn called(handle: Handle, name: &str, arguments: &str) -> (usize, usize) {
    state(|state| {
        let (block, instance) = state.handles[&handle.addr()];
        let instance_of = match name {
            "control" => format!("{block}"),
            _ => format!("{block},{instance}"),
        };
        state
            .callbacks
            .push(format!("{name}({instance_of},{arguments})"));
        (block, instance)
    })
}

fn null(data: *mut u8) -> &'static str {
    if data.is_null() { ",null" } else { "" }
}

fn raw(status: NtStatus) -> i32 {
    status.value() as i32
}

/// Writes data, or says how many bytes are needed.
///
/// # Safety
///
/// The buffer has this room.
unsafe fn put(data: &[u8], room: u32, buffer: *mut u8, used: &mut u32) -> NtStatus {
    *used = data.len() as u32;
    if room < *used {
        return NtStatus::BUFFER_TOO_SMALL;
    }
    // SAFETY: guaranteed by the caller.
    unsafe { buffer.copy_from(data.as_ptr(), data.len()) };
    NtStatus::SUCCESS
}

/// # Safety
///
/// The buffer has four bytes.
unsafe fn number(buffer: *const u8) -> u32 {
    // SAFETY: guaranteed by the caller.
    unsafe { buffer.cast::<u32>().read_unaligned() }
}

unsafe extern "system" fn query(handle: Handle, room: u32, buffer: *mut u8, used: *mut u32) -> i32 {
    let (block, instance) = called(handle, "query", &room.to_string());
    let data = match (block, instance) {
        (0, instance) => (0..168)
            .map(|k| (7 * k + 13 * instance + 1) as u8)
            .collect(),
        (1, _) => state(|state| {
            let numbers = [state.interval, 3, state.limit];
            numbers.iter().flat_map(|it| it.to_le_bytes()).collect()
        }),
        (4, 0) => vec![0x41; 10],
        (4, 1) => vec![],
        (4, 2) => vec![0x43; 7],
        (4, _) => vec![0x44; 16],
        (7, _) => vec![0; 4],
        (9, 5) => vec![0x77; room as usize],
        _ => vec![],
    };
    // SAFETY: the framework's.
    let used = unsafe { &mut *used };
    let status = match (block, instance) {
        (9, 0) => {
            *used = room + 1;
            NtStatus::SUCCESS
        }
        (9, 1) => NtStatus::PENDING,
        (9, 2) => {
            *used = 32;
            NtStatus::BUFFER_TOO_SMALL
        }
        // The trace says that something is written there: the number of bytes.
        (9, 3) => {
            *used = 4;
            DEVICE_BUSY
        }
        // SAFETY: the framework's.
        _ => unsafe { put(&data, room, buffer, used) },
    };
    raw(status)
}

fn refused(instance: usize) -> NtStatus {
    match instance {
        0 => NtStatus::PENDING,
        1 => DEVICE_BUSY,
        _ => NtStatus::BUFFER_TOO_SMALL,
    }
}

unsafe extern "system" fn set(handle: Handle, size: u32, data: *mut u8) -> i32 {
    let (block, instance) = called(handle, "set", &format!("{size}{}", null(data)));
    if block == 9 {
        return raw(refused(instance));
    }
    if size < 12 {
        return raw(NtStatus::WMI_SET_FAILURE);
    }
    // SAFETY: the data has as many bytes; other requests are not replayed.
    let interval = unsafe { number(data) };
    if interval < 10 {
        return raw(NtStatus::WMI_SET_FAILURE);
    }
    // SAFETY: as above.
    let limit = unsafe { number(data.add(8)) };
    state(|state| (state.interval, state.limit) = (interval, limit));
    raw(NtStatus::SUCCESS)
}

unsafe extern "system" fn set_item(handle: Handle, item: u32, size: u32, data: *mut u8) -> i32 {
    let arguments = format!("{item},{size}{}", null(data));
    let (block, instance) = called(handle, "setitem", &arguments);
    if block == 9 {
        return raw(refused(instance));
    }
    let status = match item {
        1 | 3 if size < 4 => NtStatus::WMI_SET_FAILURE,
        1 | 3 => {
            // SAFETY: as in `set`.
            let value = unsafe { number(data) };
            match item {
                1 if value < 10 => NtStatus::WMI_SET_FAILURE,
                1 => {
                    state(|state| state.interval = value);
                    NtStatus::SUCCESS
                }
                _ => {
                    state(|state| state.limit = value);
                    NtStatus::SUCCESS
                }
            }
        }
        2 => NtStatus::WMI_READ_ONLY,
        _ => NtStatus::WMI_ITEMID_NOT_FOUND,
    };
    raw(status)
}

unsafe extern "system" fn execute(
    handle: Handle,
    method: u32,
    input: u32,
    room: u32,
    data: *mut u8,
    used: *mut u32,
) -> i32 {
    let arguments = format!("{method},{input},{room}{}", null(data));
    let (block, instance) = called(handle, "execute", &arguments);
    // SAFETY: the framework's.
    let used = unsafe { &mut *used };
    let status = match (block, instance, method) {
        (9, 0, _) => {
            *used = room + 1;
            NtStatus::SUCCESS
        }
        (9, 1, _) => NtStatus::PENDING,
        (9, 2, _) => {
            *used = 32;
            NtStatus::BUFFER_TOO_SMALL
        }
        (9, 3, _) => DEVICE_BUSY,
        (9, ..) => NtStatus::SUCCESS,
        (.., 1) => {
            state(|state| state.methods[0] += 1);
            NtStatus::SUCCESS
        }
        (.., 2 | 3) if input < 4 => NtStatus::INVALID_PARAMETER,
        (.., 2 | 3) => {
            // SAFETY: the input has as many bytes; other requests are not replayed.
            let value = unsafe { number(data) };
            let (calls, output) = output(method, value);
            // SAFETY: the framework's.
            let status = unsafe { put(&output, room, data, used) };
            if status.is_success() {
                state(|state| state.methods[method as usize - 1] = calls);
            }
            status
        }
        _ => NtStatus::WMI_ITEMID_NOT_FOUND,
    };
    raw(status)
}

/// How often the method will have been called, and its output.
fn output(method: u32, value: u32) -> (u32, Vec<u8>) {
    let calls = state(|state| state.methods[method as usize - 1]) + 1;
    let numbers: Vec<u32> = match method {
        2 => vec![value, value.wrapping_add(calls)],
        _ => {
            let count = value.min(64);
            let values = (0..count).map(|k| 7 * k + 1);
            [count].into_iter().chain(values).collect()
        }
    };
    let output = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
    (calls, output)
}

unsafe extern "system" fn control(handle: Handle, control: i32, enable: u8) -> i32 {
    let what = if control == 1 { "events" } else { "instance" };
    let (block, _) = called(handle, "control", &format!("{what},{enable}"));
    if block == 10 {
        return raw(UNSUCCESSFUL);
    }
    state(|state| match control {
        1 => state.events = enable,
        _ => state.collect = enable,
    });
    raw(NtStatus::SUCCESS)
}

/// A device of the recorded driver.
pub(crate) struct Recorded {
    table: Table,
    pub(crate) device: WdfDevice,
    providers: Vec<Handle>,
    instances: Vec<Vec<Handle>>,
}

/// `Flags`, `MinInstanceBufferSize`, and how many instances.
const BLOCKS: [(u32, u32, usize); 12] = [
    (0, 168, 3),
    (2, 12, 1),
    (0, 0, 1),
    (1, 0, 2),
    (0, 0, 4),
    (0, 8, 0),
    (0, 16, 2),
    (0, 4, 2),
    (4, 0, 0),
    (0, 4, 6),
    (3, 0, 1),
    (0, 6, 1),
];

impl Recorded {
    /// A device with the blocks of a set-up, known to WMI.
    pub(crate) fn new(kernel: &Kernel, set_up: usize) -> Self {
        state(|state| {
            (state.interval, state.limit) = (100, 5);
            (state.events, state.collect) = (0, 0);
            state.methods = [0; 3];
            state.handles.clear();
            state.callbacks.clear();
        });
        let path = [r"\Registry\Machine\X", r"\Registry\Machine\X", ""][set_up];
        kernel.set_wdf_registry_path(path);
        let init = kernel.create_wdf_device_init();
        let mut recorded = Self {
            table: Table::of(kernel),
            device: kernel.create_wdf_device(init),
            providers: Vec::new(),
            instances: Vec::new(),
        };
        if set_up == 0 {
            let table = recorded.table;
            table.assign_resource(recorded.device, "MofResourceName");
        }
        let blocks = [&BLOCKS[..], &[(0, 168, 1)], &[]][set_up];
        for (block, (flags, min, count)) in blocks.iter().enumerate() {
            recorded.add_block(block, *flags, *min, *count);
        }
        kernel.start_wdf_device(recorded.device).unwrap();
        // From here on WMI asks for no registration by itself, as in the recording.
        kernel.set_registration_status(UNSUCCESSFUL);
        recorded
    }

    fn add_block(&mut self, block: usize, flags: u32, min: u32, count: usize) {
        let config = ProviderConfig {
            size: size_of::<ProviderConfig>() as u32,
            guid: replay::guid(&format!("g{block}")).to_bytes(),
            flags,
            min,
            control: [1, 8, 10].contains(&block).then_some(control),
        };
        let (status, provider) = self.table.provider(self.device, &config);
        assert_eq!(status, 0);
        state(|state| state.handles.insert(provider.addr(), (block, 0)));
        self.providers.push(provider);
        let instances = (0..count).map(|instance| self.add_instance(provider, block, instance));
        let instances = instances.collect();
        self.instances.push(instances);
    }

    fn add_instance(&self, provider: Handle, block: usize, instance: usize) -> Handle {
        let is = |blocks: &[usize]| blocks.contains(&block);
        let context = is(&[6]).then(|| TypeInfo::new(16));
        let config = InstanceConfig {
            provider,
            use_context_for_query: is(&[6]).into(),
            query: is(&[0, 1, 4, 7, 9]).then_some(query),
            set: is(&[1, 9]).then_some(set),
            set_item: is(&[1, 9]).then_some(set_item),
            execute: is(&[2, 7, 9]).then_some(execute),
            ..InstanceConfig::default()
        };
        let (status, handle) = self.table.instance(&config, context);
        assert_eq!(status, 0);
        state(|state| state.handles.insert(handle.addr(), (block, instance)));
        if let Some(context) = context {
            let data = self.table.context(handle, context);
            // SAFETY: the context has as many bytes.
            let data = unsafe { slice::from_raw_parts_mut(data, 16) };
            for (k, byte) in data.iter_mut().enumerate() {
                *byte = (0x60 + 0x10 * instance + k) as u8;
            }
        }
        handle
    }

    /// The state and the callbacks since the last call, as the trace has them.
    pub(crate) fn state(&self, block: Option<usize>) -> (String, String) {
        let (mut text, callbacks) = state(|state| {
            let State {
                interval,
                limit,
                events,
                collect,
                methods: [first, second, third],
                ..
            } = state;
            let text = format!("{interval},{limit},{events},{collect},{first},{second},{third}");
            (text, core::mem::take(&mut state.callbacks))
        });
        if let Some(block) = block {
            let enabled = [1, 2].map(|it| self.table.is_enabled(self.providers[block], it));
            text += &format!(" enabled={},{}", enabled[0], enabled[1]);
        }
        let callbacks = match &callbacks[..] {
            [] => "-".to_owned(),
            callbacks => callbacks.join(";"),
        };
        (text, callbacks)
    }

    pub(crate) fn deregister(&self, block: usize, instance: usize) {
        self.table.deregister(self.instances[block][instance]);
    }

    pub(crate) fn register(&self, block: usize, instance: usize) {
        let status = self.table.register(self.instances[block][instance]);
        assert_eq!(status, 0);
    }

    pub(crate) fn fire_event(&self, block: usize, instance: usize, size: u32, data: *const u8) {
        let instance = self.instances[block][instance];
        assert_eq!(self.table.fire_event(instance, size, data), 0);
    }
}
