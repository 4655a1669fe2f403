//! MOF text into the schema.

mod corpus;
