//! Corpus files that include each other, and headers missing from the corpus.

use wmi_tests::corpus;
use wmi_tools::mof::{Loaded, Loader};

/// The files of the corpus, with our own macros in place of the two missing headers.
pub(crate) struct WithHeaders;

const HEADER: &str = r#"
#ifndef ISCSI_DIGEST_TYPE_NONE
#define ISCSI_DIGEST_TYPE_NONE "0"
#define ISCSI_DIGEST_TYPE_CRC32C "1"
#define MAX_ISCSI_TEXT_ADDRESS_LEN 256
#define MAX_ISCSI_NAME_LEN 223
#define ISCSI_SECURITY_FLAGS_CPPQUOTE "// security\n"
#define ISCSI_DIGEST_CPPQUOTE "// digest\n"
#define ISCSI_LOGIN_OPTIONS_INFO_CPPQUOTE "// options\n"
#define ISCSI_LOGIN_OPTIONS_INFO_QUALIFIERS BitMap{"1"}, BitValues{"One"}
#define ISCSI_LOGIN_OPTIONS_INFO_SPECIFIED uint32
#define ISCSI_LOGIN_FLAGS_CPPQUOTE "// flags\n"
#define ISCSI_LOGIN_FLAGS_QUALIFIERS BitMap{"1"}, BitValues{"One"}
#define ISCSI_LOGIN_FLAGS uint32
#define ISCSI_AUTH_TYPES_QUALIFIERS ValueMap{"0"}, Values{"None"}
#define ISCSI_AUTH_TYPES uint32
#endif
"#;

impl Loader for WithHeaders {
    fn load(&mut self, name: &str, _from: &str) -> Result<Loaded, String> {
        let bytes = if name.ends_with(".h") {
            HEADER.as_bytes().to_vec()
        } else {
            corpus::read(&format!("mof/{name}")).ok_or("it is not in the corpus")?
        };
        Ok(Loaded {
            name: name.to_owned(),
            bytes,
        })
    }
}
