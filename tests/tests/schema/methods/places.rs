//! Methods in other modules, beside items, and in classes of variable size.

use wmi_core::{VariableClass, WmiClass, WmiMethod};
use wmi_tests::mof as reader;

use super::bytes;
use super::declared::{Adapter, Reset};

/// Generated structs are as visible as the method, and their fields as the parameters.
mod elsewhere {
    mod renamed {
        pub(crate) use ::wmi_core::*;
    }

    #[derive(renamed::WmiMethod)]
    #[wmi(crate = renamed, id = 1)]
    pub(crate) struct r#Move<'x> {
        #[wmi(in)]
        pub(crate) r#type: u8,
        #[wmi(in, out)]
        pub(crate) r#in: &'x str,
        #[wmi(out)]
        hidden: u8,
    }

    impl<'x> MoveOut<'x> {
        pub(crate) const fn new(r#in: &'x str) -> Self {
            Self { r#in, hidden: 1 }
        }
    }
}

#[test]
fn generated_structs_have_the_visibility_of_the_method() {
    let input = elsewhere::MoveIn {
        r#type: 1,
        r#in: "a",
    };
    assert_eq!(bytes(&input), [1, 0, 2, 0, b'a', 0]);
    let written = bytes(&elsewhere::MoveOut::new("b"));
    assert_eq!(written, [2, 0, b'b', 0, 1]);
    let view: elsewhere::MoveOutView<'_> = elsewhere::MoveOut::decode(&written).unwrap();
    assert_eq!(view.r#in, "b");
    let names: Vec<_> = elsewhere::Move::METHOD
        .parameters
        .iter()
        .map(|parameter| parameter.name)
        .collect();
    assert_eq!(
        (elsewhere::Move::METHOD.name, &names[..]),
        ("Move", &["Type", "In", "Hidden"][..])
    );
}

/// A class may have items and methods.
#[test]
fn classes_may_have_items_and_methods() {
    #[derive(WmiClass)]
    #[wmi(guid = "7e1f7a52-6c0f-4a55-9e0d-0f2b7b1c9b02", methods(Reset))]
    struct Both {
        #[wmi(data_id = 1)]
        value: u16,
    }
    assert_eq!(Both { value: 0x0102 }.snapshot().as_bytes(), [2, 1]);
    let [class] = &reader::classes(&Both::mof().to_string())[..] else {
        panic!("one class");
    };
    assert_eq!((class.properties.len(), class.methods.len()), (3, 1));

    #[derive(WmiClass)]
    #[wmi(
        variable,
        guid = "7e1f7a52-6c0f-4a55-9e0d-0f2b7b1c9b03",
        methods(Reset)
    )]
    struct Variable<'a> {
        #[wmi(data_id = 1)]
        name: &'a str,
    }
    assert_eq!(bytes(&Variable { name: "a" }), [2, 0, b'a', 0]);
    assert_eq!(Variable::CLASS.methods, [Reset::METHOD]);
    assert!(Adapter {}.snapshot().as_bytes().is_empty());
}
