//! Binary MOF whose names and texts are any UTF-16 units, as a page, as clients, as Rust source and as an
//! INF: none of them holds a character that acts on a reader, and the page has no markup of the schema.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use wmi_core::schema::Edition;
use wmi_fuzz::Template;
use wmi_tools::bmf::decode_payload;
use wmi_tools::check::check;
use wmi_tools::doc::SchemaPage;
use wmi_tools::import::{DriverModel, Options, ProviderOptions};
use wmi_tools::{Arena, amendment, client_source, import};
use wmi_vocabulary::text::is_hidden_control;

/// A class of each kind that a generator treats differently, with texts in another language.
const TEXT: &str = r#"
#pragma namespace("\\\\.\\root\\wmi")
[WMI, Dynamic, Provider("WMIProv"), guid("{7a1d5c52-0a91-4b7f-8f0e-3c1f2f6b9d10}"),
 Description("NamedDes"), DisplayName("NamedDis")]
class NamedClf
{
    [key, read] string InstanceName;
    [read] boolean Active;
    [read, write, WmiDataId(1), Values{"NamedVag"}, ValueMap{"1"}, Units("NamedUni"),
     Description("NamedTxt")] uint32 NamedPrh;
    [read, WmiDataId(2), BitValues{"NamedBit"}, BitMap{"0"}] uint32 NamedFlg;
    [read, WmiDataId(3)] NamedEmb NamedObj;
    [read, WmiDataId(4), MaxLen(4)] string NamedStr;
    [WmiMethodId(1), Implemented, Description("NamedMtx")]
    void NamedMem([in, ID(0)] uint32 NamedPao, [out, ID(1)] NamedEmb NamedPap);
};
[WMI] class NamedEmb { [WmiDataId(1)] uint8 NamedPri; };
[WMI, Dynamic, Provider("WMIProv"), HiPerf, DisplayName("NamedDip"),
 guid("{7a1d5c52-0a91-4b7f-8f0e-3c1f2f6b9d11}")]
class NamedClg : Win32_PerfRawData
{
    [key, read] string InstanceName;
    [read, WmiDataId(1), CounterType(272696576), DisplayName("NamedDiq")] uint64 NamedPrj;
};
[WMI, Dynamic, Provider("WMIProv"), guid("{7a1d5c52-0a91-4b7f-8f0e-3c1f2f6b9d12}")]
class NamedEve : WMIEvent
{
    [key, read] string InstanceName;
    [read, WmiDataId(1)] boolean NamedPrk;
};
#pragma namespace("\\\\.\\root\\wmi\\ms_407")
[AMENDMENT, LOCALE(0x407), Description("NamedDeu") : amended]
class NamedClf { [Description("NamedTxu") : amended] uint32 NamedPrh; };
"#;

fuzz_target!(|bytes: &[u8]| {
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| Template::new(TEXT, Edition::Current));
    let arena = Arena::new();
    let Ok(file) = decode_payload(&arena, &template.with_names(bytes).0) else {
        return;
    };
    for text in amendment::misplaced(&file) {
        assert!(!text.to_string().is_empty());
    }
    let german = amendment::merge(&arena, &file, Some(0x407));
    let file = amendment::merge(&arena, &file, None);
    let page = SchemaPage::new("a", &file).translation(0x407, &german);
    let page = page.to_string();
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<img").count(), 0);
    is_shown(&page);
    is_shown(&client_source::powershell(&file, "A").source);
    is_shown(&client_source::rust(&file, "A").source);
    let mut options = Options::new("a");
    options.provider = Some(ProviderOptions::new(DriverModel::Wdm));
    let import = import::rust(&file, &options);
    is_shown(&import.source);
    if let Some(provider) = &import.provider {
        is_shown(provider);
    }
    for finding in check(&file) {
        assert!(!finding.message.is_empty());
    }
});

/// Checks that a text has no character that acts on its surroundings but those that end lines, and the
/// byte order mark that PowerShell needs.
#[track_caller]
fn is_shown(text: &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let hidden = |c: char| !matches!(c, '\n' | '\r' | '\t') && is_hidden_control(c);
    assert!(!text.contains(hidden), "{text:?}");
}
