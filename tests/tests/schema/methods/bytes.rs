//! The bytes of parameters: each direction is a block of its own, starting at offset 0.

use wmi_core::{Count, NoParameters, Text, VariableClass, WmiMethod};

use super::bytes;
use super::declared::*;

const LOW: u64 = 0x0102_0304_0506_0708;

#[test]
fn parameters_are_laid_out_by_direction() {
    let input = TransferIn {
        name: "ab",
        in_count: Count::NEW,
        values: &[LOW, u64::MAX],
        out_count: 7,
        mode: Mode::Safe,
        grid: [1, -2, 3],
    };
    let expected = [
        // Name, InCount, padding to a multiple of 8, Values
        &[4, 0, b'a', 0, b'b', 0][..],
        &[2, 0],
        &[8, 7, 6, 5, 4, 3, 2, 1],
        &[0xff; 8],
        // OutCount, padding to a multiple of 4, Mode, Grid
        &[7, 0, 0, 0],
        &[2, 0, 0, 0],
        &[1, 0, 0xfe, 0xff, 3, 0],
    ]
    .concat();
    assert_eq!(bytes(&input), expected);
    let view = TransferIn::decode(&expected).unwrap();
    assert!(view.name == "ab" && view.values.iter().eq([LOW, u64::MAX]));
    assert_eq!((view.in_count, view.out_count), (2, 7));
    assert_eq!((view.mode, view.grid), (Mode::Safe.into(), [1, -2, 3]));

    let output = TransferOut {
        out_count: Count::NEW,
        notes: &[Note { text: "x" }],
        label: Text::new("é").unwrap(),
        pair: Pair { long: 9, tag: 10 },
        grid: [4, 5, -6],
    };
    let expected = [
        // OutCount, Notes, Label
        &[1, 0][..],
        &[2, 0, b'x', 0],
        &[8, 0, 0xe9, 0, 0, 0, 0, 0, 0, 0],
        // Pair, Grid
        &[9, 0, 0, 0, 10, 0, 0, 0],
        &[4, 0, 5, 0, 0xfa, 0xff],
    ]
    .concat();
    assert_eq!(bytes(&output), expected);
    let view = TransferOut::decode(&expected).unwrap();
    assert_eq!((view.out_count, view.pair.tag()), (1, 10));
    assert!(view.label == "é" && view.notes.iter().all(|note| note.text == "x"));

    assert_eq!(
        bytes(&SetSpeedIn { port: 1, speed: 2 }),
        [1, 0, 0, 0, 2, 0, 0, 0]
    );
    assert_eq!(
        bytes(&SetSpeedOut {
            speed: 3,
            status: 4
        }),
        [3, 0, 0, 0, 4, 0]
    );
}

#[test]
fn direction_without_parameters_is_empty() {
    fn is_empty<C: VariableClass<View<'static> = NoParameters> + Default>() {
        assert_eq!(C::default().encode(&mut []), Ok(0));
        assert_eq!(C::decode(&[]), Ok(NoParameters));
        assert_eq!(C::decode(&[1]), Ok(NoParameters));
    }
    is_empty::<<Reset as WmiMethod>::In<'static>>();
    is_empty::<<Reset as WmiMethod>::Out<'static>>();
}
