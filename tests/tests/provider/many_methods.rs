//! Classes with more methods than one tuple lists.

use core::sync::atomic::{AtomicU32, Ordering};

use wmi_core::provider::{Block, Minor, MoreMethods, Provider, Request};
use wmi_core::wnode::{SingleWnodeWriter, Target};
use wmi_core::{DataBlock, Execute, NoParameters, NtStatus, WmiClass, WmiMethod};

/// Counts the calls of each method, by its id.
#[derive(Default)]
struct Panel {
    calls: [AtomicU32; 19],
}

impl Panel {
    fn calls(&self) -> Vec<u32> {
        let calls = self.calls.iter();
        calls.map(|calls| calls.load(Ordering::Relaxed)).collect()
    }
}

/// Defines methods without parameters.
macro_rules! methods {
    ($($name:ident = $id:literal),* $(,)?) => {$(
        #[derive(WmiMethod)]
        #[wmi(id = $id)]
        struct $name;

        impl Execute<$name> for Panel {
            fn execute(&self, NoParameters: NoParameters) -> Result<NoParameters, NtStatus> {
                self.calls[$id].fetch_add(1, Ordering::Relaxed);
                Ok(NoParameters)
            }
        }
    )*};
}

methods!(
    A = 1,
    B = 2,
    C = 3,
    D = 4,
    E = 5,
    F = 6,
    G = 7,
    H = 8,
    I = 9,
    J = 10,
    K = 11,
    L = 12,
    M = 13,
    N = 14,
    O = 15,
    P = 16,
    Q = 17,
    R = 18,
);

#[derive(WmiClass)]
#[wmi(name = "Vendor_Panel", guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c61")]
#[wmi(methods(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R))]
struct Class;

type SixteenMethods = (A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);
type AllMethods = MoreMethods<MoreMethods<SixteenMethods, (Q,)>, (R,)>;

static PANEL: Provider<Panel> =
    Provider::new(&[
        &Block::methods_only::<Class, _>(|panel: &Panel, _| Some(panel))
            .methods::<AllMethods>()
            .base_name("Panel", |_| 1),
    ]);

fn call(panel: &Panel, id: u32) -> NtStatus {
    let mut buffer = [0; 72];
    let writer = SingleWnodeWriter::method(Class::GUID, Target::Static(0), id);
    writer.write(&[], &mut buffer).unwrap();
    let request = Request::new(Minor::ExecuteMethod, Class::GUID, &mut buffer);
    PANEL.dispatch(panel, request).immediate().status
}

#[test]
fn each_part_of_more_methods_calls_its_own() {
    let panel = Panel::default();
    for id in 1..=18 {
        assert_eq!(call(&panel, id), NtStatus::SUCCESS, "{id}");
        let calls = panel.calls();
        let expected: Vec<_> = (0..19)
            .map(|other| u32::from((1..=id).contains(&other)))
            .collect();
        assert_eq!(calls, expected);
    }
}

#[test]
fn ids_of_no_part_are_refused() {
    let panel = Panel::default();
    for id in [0, 19, u32::MAX] {
        assert_eq!(call(&panel, id), NtStatus::WMI_ITEMID_NOT_FOUND, "{id}");
    }
    assert_eq!(panel.calls(), [0; 19]);
}
