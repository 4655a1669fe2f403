//! Any bytes as a WNODE, a block, a registration or an event. Reading by the schema agrees with the
//! derive, written values are read back, and memory is proportional to the bytes.

#![no_main]

#[allow(dead_code)]
#[path = "../../tests/block/variable/classes.rs"]
mod classes;
#[allow(dead_code)]
#[path = "../../tests/block/variable/naive.rs"]
mod naive;

use classes::{Branch, Leaf, Pair, Port, Tree};
use libfuzzer_sys::fuzz_target;
use wmi_core::provider::{Request, Response};
use wmi_core::{DataBlock, NtStatus, VariableClass, WmiClass};
use wmi_tools::Classes;
use wmi_tools::client::{Client, DataObject, ReplyContent};
use wmi_tools::layout::BlockLayout;
use wmi_tools::simulator::{Registration, Simulator};

fuzz_target!(|input: &[u8]| {
    let classes = [
        Pair::CLASS,
        Port::CLASS,
        Leaf::CLASS,
        Branch::CLASS,
        Tree::CLASS,
    ];
    let classes = Classes::from_iter(classes);
    let layout = BlockLayout::of(Tree::CLASS, &classes).unwrap();

    let read = DataObject::decode(&layout, input);
    let derived = Tree::decode(input).map(|_| ());
    assert_eq!(
        read.as_ref().map(|_| ()).map_err(|why| why.error),
        derived.as_ref().map(|_| ()).map_err(|why| *why)
    );
    if let Ok(object) = read {
        // A bounded string may have been longer than its maximum; encoding refuses it.
        if let Ok(bytes) = object.encode(&layout) {
            let again = DataObject::decode(&layout, &bytes).unwrap();
            assert_eq!(again, object);
            assert_eq!(again.encode(&layout).unwrap(), bytes);
        }
    }

    let client = Client::new(classes.clone());
    let mut wnode = input.to_vec();
    for bytes in [true, false] {
        assert!(client.decode_chain(&wnode).count() <= wnode.len() + 1);
        if let Ok(reply) = client.decode(&wnode) {
            assert!(reply.instances().len() <= wnode.len());
            let _ = reply.to_string();
            let placed = client.decode_placed(&wnode, false).unwrap();
            assert_eq!(
                placed.len(),
                match &reply.content {
                    ReplyContent::AllData(instances) => instances.len(),
                    ReplyContent::Reference { .. } => 0,
                    _ => 1,
                }
            );
            for block in &placed {
                let mut values = block.values.iter().map(|value| &value.bytes);
                assert!(values.all(|bytes| block.offset + bytes.end <= wnode.len()));
            }
        }
        let _ = client.decode_placed(&wnode, true);
        // In the second round the WNODE has the right class and size.
        if let (true, Some(guid)) = (bytes, wnode.get_mut(24..40)) {
            guid.copy_from_slice(&Tree::GUID.to_bytes());
        }
        if let (true, Ok(size)) = (bytes, u32::try_from(wnode.len())) {
            if let Some(place) = wnode.first_chunk_mut() {
                *place = size.to_le_bytes();
            }
        }
    }

    let _ = Registration::decode(input);
    let refuse = |_: Request<'_>| Response::new(NtStatus::NOT_SUPPORTED, 0);
    let _ = Simulator::new(refuse).event(input);
});
