//! Writing and reading blocks of variable size does not allocate.

use std::io::Write;

use wmi_core::block::EncodeError;
use wmi_core::{Count, Text, VariableClass, Wire, WmiClass};
use wmi_tests::allocations::{Counting, allocations};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(WmiClass)]
#[wmi(embedded, variable)]
struct Portal<'a> {
    #[wmi(data_id = 1)]
    host: &'a str,
    #[wmi(data_id = 2)]
    socket: u16,
}

#[derive(WmiClass)]
#[wmi(variable, guid = "4b0c0a52-6c0f-4a55-9e0d-0f2b7b1c9a0d")]
struct Portals<'a> {
    #[wmi(data_id = 1)]
    count: Count<u8>,
    #[wmi(data_id = 2, size_is = "count")]
    portals: &'a [Portal<'a>],
    #[wmi(data_id = 3, size_is = "count")]
    labels: &'a [Text<8>],
}

#[derive(WmiClass)]
#[wmi(embedded)]
struct Labels {
    #[wmi(data_id = 1)]
    labels: [Text<8>; 2],
}

#[test]
fn writing_and_reading_do_not_allocate() {
    let portals = ["one", "é𝄞"].map(|host| Portal { host, socket: 3260 });
    let mut buffer = [0; 128];
    let mut text = [0; 512];
    let mut work = || {
        let labels = ["a", "much too long"].map(Text::truncated);
        let mut block = Portals {
            count: Count::NEW,
            portals: &portals,
            labels: &labels,
        };
        let needed = block.encoded_size().unwrap();
        let mut text = &mut text[..];
        for error in [
            block.encode(&mut buffer[..9]).unwrap_err(),
            Portal {
                host: "\0",
                socket: 0,
            }
            .encode(&mut buffer)
            .unwrap_err(),
        ] {
            write!(text, "{error}").unwrap();
        }
        assert_eq!(block.encode(&mut buffer), Ok(needed));
        for length in 0..needed {
            let error = Portals::decode(&buffer[..length]).unwrap_err();
            assert!(error.offset <= length + 1);
        }
        let view = Portals::decode(&buffer).unwrap();
        write!(text, "{view:?}").unwrap();
        assert_eq!(
            view.portals
                .iter()
                .map(|portal| u32::from(portal.socket))
                .sum::<u32>(),
            6520
        );
        assert!(
            view.portals
                .iter()
                .nth(1)
                .is_some_and(|portal| portal.host == "é𝄞")
        );
        block.labels = &labels[..1];
        assert!(matches!(
            block.encoded_size(),
            Err(EncodeError::DifferentLengths { .. })
        ));

        let block = Labels { labels }.snapshot();
        let read = Wire::<Labels>::decode(block.as_bytes()).unwrap();
        assert!(read.labels()[1] == "much too" && read == block);
        text.len()
    };
    let mut left = 0;
    assert_eq!(allocations(|| left = work()), 0);
    assert!(left < 512 - 200, "the texts were written");
}
