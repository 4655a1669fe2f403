//! Data of another class than the reader expects, and memory that was not written.

use wmi_core::provider::{Minor, Request};
use wmi_core::wnode::Wnode;
use wmi_core::{DataBlock, WmiClass};
use wmi_tools::client::ReplyError;
use wmi_tools::simulator::ProtocolRule;

use super::device::*;
use super::shared::{again, boxed};

/// The client's edition of the class. Without the schema it has no item names.
#[derive(WmiClass)]
#[wmi(
    name = "Vendor_PortStats",
    guid = "1c5b8a01-40f2-4f0e-9d55-6a0e1f2b3c01"
)]
struct LongerStats {
    #[wmi(data_id = 1)]
    sent: u64,
    #[wmi(data_id = 2)]
    port: u32,
}

#[test]
fn data_of_another_edition_is_found() {
    let device = Device::new();
    let mut wmi = boxed(|request: Request<'_>| PROVIDER.dispatch(&device, request));
    wmi.register().unwrap();
    let failure = wmi.query::<LongerStats>(0).unwrap_err();
    let guid = LongerStats::GUID;
    let text = format!(
        "QuerySingleInstance of Vendor_PortStats {guid}: instance 0: the item at byte 8: needs 4 \
         bytes, but 2 are left"
    );
    assert_eq!(failure.to_string(), text);
}

/// The instance with bad data is named even without a schema.
#[test]
fn bad_data_of_one_instance_is_named() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        // `Sizes` has more elements than there are bytes.
        if request.minor == Minor::QueryAllData && response.information > 56 {
            let at = match Wnode::decode(request.buffer) {
                Ok(Wnode::AllData(all)) => all.data(2).unwrap().as_ptr().addr(),
                other => panic!("{other:?}"),
            };
            let at = at - request.buffer.as_ptr().addr();
            request.buffer[at] = 200;
        }
        response
    });
    wmi.register().unwrap();
    let failure = wmi.query_all_variable::<Session<'_>>().unwrap_err();
    let ProtocolRule::Data(error) = &failure.violation().unwrap().rule else {
        panic!("{failure}");
    };
    let ReplyError::Data { instance, .. } = **error else {
        panic!("{error}");
    };
    assert_eq!(instance, 2);
}

#[test]
fn unwritten_bytes_are_found() {
    let device = Device::new();
    let mut wmi = boxed(|mut request: Request<'_>| {
        let before = request.buffer.to_vec();
        let minor = request.minor;
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        // The padding after the first instance.
        if minor == Minor::QueryAllData && response.information > 83 {
            request.buffer[83] = before[83];
        }
        response
    });
    wmi.register().unwrap();
    let failure = wmi.query_all::<PortStats>().unwrap_err();
    assert_eq!(
        failure.violation().unwrap().rule,
        ProtocolRule::Unwritten { offset: 83 }
    );
}

/// A counter may equal the old memory twice.
#[test]
fn values_that_look_unwritten_are_accepted() {
    for (third, is_unwritten) in [(0xa5, true), (0x33, false)] {
        let device = Device::new();
        let mut values = [0xa5, 0x5a, third].into_iter();
        let mut wmi = boxed(|mut request: Request<'_>| {
            let is_query = request.minor == Minor::QueryAllData;
            let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
            if is_query && response.information > 64 {
                request.buffer[64] = values.next().unwrap();
            }
            response
        });
        wmi.register().unwrap();
        let queried = wmi.query_all::<PortStats>();
        assert_eq!(queried.is_err(), is_unwritten, "{queried:?}");
    }
}
