//! Classes from structs: attributes, qualifiers, methods and events, and their MOF text.

mod attributes;
mod corpus_classes;
mod events;
mod flagship;
mod iscsi_schema;
mod many_classes;
mod methods;
mod mof;
mod published;
mod qualifiers;
mod schema;
