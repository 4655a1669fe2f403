//! The fake framework refuses the same configurations as the framework's published source.
//!
//! `kmdf-create.txt` was recorded by running that source: each line has a configuration and its
//! status.

#![allow(unsafe_code, reason = "the test calls the framework's table")]

use core::ffi::c_void;
use core::mem::transmute;
use core::ptr;

use wmi_driver::fake::{Kernel, WdfDevice};

const TRACE: &str = include_str!("kmdf-create.txt");

/// `WDF_WMI_PROVIDER_CONFIG`, `WDF_WMI_INSTANCE_CONFIG`, `WDF_OBJECT_ATTRIBUTES` and
/// `WDF_OBJECT_CONTEXT_TYPE_INFO` as 64-bit words, each a pointer or a number.
type Word = *const c_void;
type Provider = [Word; 5];
type Instance = [Word; 8];
type Attributes = [Word; 7];
type TypeInfo = [Word; 5];

fn word(number: u64) -> Word {
    ptr::without_provenance(usize::try_from(number).unwrap())
}

fn words<const N: usize>(numbers: [u64; N]) -> [Word; N] {
    numbers.map(word)
}

type Create<C> = unsafe extern "system" fn(
    *const c_void,
    *mut c_void,
    *const C,
    *const Attributes,
    *mut *mut c_void,
) -> i32;
type Register = unsafe extern "system" fn(*const c_void, *mut c_void) -> i32;
type Deregister = unsafe extern "system" fn(*const c_void, *mut c_void);

unsafe extern "system" fn callback() {}

/// Returns the value of `key` in half a line of the trace: `key=value` pairs, separated by spaces.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.split([' ', ';'])
        .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap_or_else(|_| panic!("{text}"))
}

struct Framework<'k> {
    kernel: &'k Kernel,
    device: WdfDevice,
}

impl Framework<'_> {
    fn function(&self, index: usize) -> *const c_void {
        let table = self.kernel.wdf_functions().cast::<*const c_void>();
        // SAFETY: the table has more entries than `index`.
        unsafe { table.add(index).read() }
    }

    fn provider(&self, text: &str) -> (i32, *mut c_void) {
        let guid = match value(text, "guid") {
            Some("zero") => [0; 16],
            Some(number) => [number.as_bytes()[1]; 16],
            None => [b'0'; 16],
        };
        let mut bytes = [0_u8; 40];
        let size = match text.split("Size").nth(1) {
            Some(wrong) => 40 + wrong.trim().parse::<i32>().unwrap(),
            None => 40,
        };
        bytes[..4].copy_from_slice(&size.to_le_bytes());
        bytes[4..20].copy_from_slice(&guid);
        let flags = u32::try_from(hex(value(text, "flags").unwrap())).unwrap();
        bytes[20..24].copy_from_slice(&flags.to_le_bytes());
        let min: u32 = value(text, "min").unwrap().parse().unwrap();
        bytes[24..28].copy_from_slice(&min.to_le_bytes());
        let mut config: Provider = words([0; 5]);
        for (slot, bytes) in config.iter_mut().zip(bytes.chunks_exact(8)) {
            *slot = word(u64::from_le_bytes(bytes.try_into().unwrap()));
        }
        if value(text, "FunctionControl") == Some("yes") {
            config[4] = callback as Word;
        }
        // SAFETY: this is the entry's type.
        let create = unsafe { transmute::<*const c_void, Create<Provider>>(self.function(369)) };
        let mut provider = ptr::null_mut();
        // SAFETY: all pointers are valid during the call.
        let status = unsafe {
            create(
                self.kernel.wdf_globals(),
                self.device.as_ptr(),
                &raw const config,
                ptr::null(),
                &raw mut provider,
            )
        };
        (status, provider)
    }

    fn instance(&self, text: &str) -> (i32, *mut c_void) {
        let (status, provider) = self.provider(text);
        assert_eq!(status, 0, "{text}");
        let callbacks: Vec<_> = value(text, "callbacks").unwrap().split(',').collect();
        let number = |key| value(text, key).unwrap().parse::<u64>().unwrap();
        let callback = callback as Word;
        let mut config: Instance = words([64, 0, 0, 0, 0, 0, 0, 0]);
        config[1] = provider;
        config[3] = word(number("UseContextForQuery") | number("Register") << 8);
        for (place, name) in [(4, "query"), (5, "set"), (6, "setitem"), (7, "execute")] {
            if callbacks.contains(&name) {
                config[place] = callback;
            }
        }
        // The type is leaked, as it must outlive the objects.
        let mut attributes: Attributes = words([56, 0, 0, 1 | 1 << 32, 0, 0, 0]);
        if let Ok(size) = value(text, "context").unwrap().parse::<u64>() {
            let mut info: TypeInfo = words([40, 0, size, 0, 0]);
            info[1] = callback;
            attributes[6] = Box::leak(Box::new(info)).as_ptr().cast();
        }
        // SAFETY: this is the entry's type.
        let create = unsafe { transmute::<*const c_void, Create<Instance>>(self.function(373)) };
        let mut instance = ptr::null_mut();
        // SAFETY: all pointers are valid during the call.
        let status = unsafe {
            create(
                self.kernel.wdf_globals(),
                ptr::null_mut(),
                &raw const config,
                &raw const attributes,
                &raw mut instance,
            )
        };
        (status, instance)
    }

    fn register(&self, instance: *mut c_void) -> i32 {
        // SAFETY: this is the entry's type.
        let register = unsafe { transmute::<*const c_void, Register>(self.function(374)) };
        // SAFETY: the instance is one of the framework.
        unsafe { register(self.kernel.wdf_globals(), instance) }
    }

    fn deregister(&self, instance: *mut c_void) {
        // SAFETY: this is the entry's type.
        let deregister = unsafe { transmute::<*const c_void, Deregister>(self.function(375)) };
        // SAFETY: the instance is one of the framework.
        unsafe { deregister(self.kernel.wdf_globals(), instance) };
    }
}

#[test]
#[cfg_attr(
    miri,
    ignore = "reading the trace takes minutes and calls few functions"
)]
fn creation_returns_the_statuses_of_the_framework() {
    let mut framework = None;
    let kernel = Kernel::new();
    let mut last = ptr::null_mut();
    let mut lines = 0;
    for line in TRACE.lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = line.split_once(" | ").unwrap();
        let (text, expected) = rest.split_once(" -> ").unwrap();
        let goes_on = [
            "duplicate.2",
            "duplicate.3",
            "duplicate.4",
            "after-register",
            "register-",
        ];
        if !goes_on.iter().any(|start| name.starts_with(start)) {
            framework = None;
        }
        let framework = framework.get_or_insert_with(|| Framework {
            kernel: &kernel,
            device: kernel.create_wdf_device(),
        });
        if name == "after-register-new" {
            kernel.start_wdf_device(framework.device);
        }
        let status = match name {
            "register-twice" => {
                let text =
                    "flags=0 min=12 callbacks=query UseContextForQuery=0 context=none Register=1";
                let created = Framework {
                    kernel: &kernel,
                    device: kernel.create_wdf_device(),
                }
                .instance(text);
                assert_eq!(created.0, 0);
                last = created.1;
                framework.register(last)
            }
            "register-after-deregister" => {
                framework.deregister(last);
                framework.register(last)
            }
            _ if text.starts_with("instance of") => {
                let (status, instance) = framework.instance(text);
                last = instance;
                status
            }
            _ => framework.provider(text).0,
        };
        assert_eq!(format!("{status:08x}"), expected, "{line}");
        lines += 1;
    }
    assert_eq!(lines, 89);
    // Second providers of a GUID, which the framework accepts.
    let found = kernel.take_bug_checks();
    assert!(found.iter().all(|it| it.code == 0x10d), "{found:?}");
    assert_eq!(found.len(), 3);
}
