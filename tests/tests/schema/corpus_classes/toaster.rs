//! The classes of `toaster.mof`.

use wmi_core::schema::Schema;
use wmi_core::{WmiClass, WmiMethod};

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[
    ToasterDeviceInformation::CLASS,
    ToasterNotifyDeviceArrival::CLASS,
    ToasterControl::CLASS,
]);

#[derive(WmiClass)]
#[wmi(variable, allow(sample_guid), locale = 0x409)]
#[wmi(guid = "{BBA21300-6DD3-11d2-B844-00C04FAD5171}")]
struct ToasterDeviceInformation<'a> {
    // The file lacks a comma, so two of its values are joined.
    #[wmi(
        data_id = 1,
        qualifier(WmiEnum{
            "0=I8042 Connector1=Serial Connector",
            "2=Parallel Connector",
            "3=USB Connector"
        })
    )]
    connector_type: u32,
    #[wmi(data_id = 2)]
    capacity: u32,
    #[wmi(data_id = 3)]
    error_count: u32,
    #[wmi(data_id = 4)]
    controls: u32,
    #[wmi(write, data_id = 5)]
    debug_print_level: u32,
    #[wmi(data_id = 6)]
    model_name: &'a str,
}

#[derive(WmiClass)]
#[wmi(event, variable, allow(sample_guid), base = "WMIEvent")]
#[wmi(
    guid = "{01CDAFF1-C901-45b4-B359-B5542725E29C}",
    locale = 0x409,
    expense = 1
)]
struct ToasterNotifyDeviceArrival<'a> {
    #[wmi(data_id = 1)]
    model_name: &'a str,
}

#[derive(WmiClass)]
#[wmi(
    allow(sample_guid),
    guid = "CAAE7D9F-ACF7-4737-A4E9-01C29D3FE194",
    locale = 0x409
)]
#[wmi(methods(ToasterControl1, ToasterControl2, ToasterControl3))]
struct ToasterControl {
    #[wmi(write, data_id = 1)]
    control_value: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 1)]
struct ToasterControl1 {
    #[wmi(in)]
    in_data: u32,
    #[wmi(out)]
    out_data: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 2)]
struct ToasterControl2 {
    #[wmi(in)]
    in_data1: u32,
    #[wmi(in)]
    in_data2: u32,
    #[wmi(out)]
    out_data: u32,
}

#[derive(WmiMethod)]
#[wmi(id = 3)]
struct ToasterControl3 {
    #[wmi(in)]
    in_data1: u32,
    #[wmi(in)]
    in_data2: u32,
    #[wmi(out)]
    out_data1: u32,
    #[wmi(out)]
    out_data2: u32,
}
