//! What the tests of the KMDF example driver share with it.

#[path = "../../kmdf-thermometer/src/schema.rs"]
pub mod schema;
