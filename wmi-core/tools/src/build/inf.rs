//! [`InfSection`]: the part of a driver's INF that says who may query, set and call its classes, and
//! [`Sddl`], the text of a security descriptor. It does not own the rest of the INF.
//!
//! Sources: "INF DDInstall.WMI Section" in windows-driver-docs, "Security Descriptor String Format" and
//! "ACE Strings" in the Win32 documentation, the access rights of `wmistr.h`.

use core::fmt;

use super::BuildError;
use crate::Classes;
use wmi_core::Guid;

/// A security descriptor as text, whose form was checked.
///
/// Rights are those of WMI: 0x1 query, 0x2 set, 0x4 notification, 0x8 read description, 0x10 execute
/// method, with 0x20000 to read the descriptor and 0x100000 to wait. `wmistr.h` names them
/// `WMIGUID_QUERY` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sddl<'a>(&'a str);

impl Sddl<'static> {
    /// All rights for administrators and the system, none for others: what a class has on Windows
    /// since Server 2003 if no INF says otherwise.
    pub const ADMINISTRATORS: Self = Self("O:BAG:BAD:(A;;0x120fff;;;BA)(A;;0x120fff;;;SY)");

    /// As [`ADMINISTRATORS`](Self::ADMINISTRATORS), and all users that have logged on may query and
    /// listen to events.
    pub const READABLE: Self =
        Self("O:BAG:BAD:(A;;0x120fff;;;BA)(A;;0x120fff;;;SY)(A;;0x12000d;;;AU)");
}

/// Why text is not a security descriptor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SddlError {
    /// The byte at fault.
    pub offset: usize,
    fault: &'static str,
}

impl fmt::Display for SddlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the security descriptor is wrong at byte {}: {}",
            self.offset, self.fault
        )
    }
}

impl core::error::Error for SddlError {}

/// Rights that a user of WMI needs to change something: set and execute.
const CHANGING: u32 = 0x02 | 0x10;

/// Principals that are not administrators or services: everyone, all that have logged on, users,
/// whoever sits at the machine, anonymous users, guests, networks.
const MANY: [&str; 7] = ["WD", "AU", "BU", "IU", "AN", "BG", "NU"];

impl<'a> Sddl<'a> {
    /// Checks the form of a security descriptor: owner and group if present, then a DACL of at least
    /// one entry.
    ///
    /// # Errors
    ///
    /// [`SddlError`] at the first byte that does not belong: an unknown component, a missing
    /// parenthesis, an entry without six fields, an unknown type, flag, right or principal, a quote
    /// or a line end, which an INF cannot hold.
    pub fn parse(text: &'a str) -> Result<Self, SddlError> {
        let mut rest = Rest { text, offset: 0 };
        if let Some(offset) = text.find(|c: char| c == '"' || c == '%' || !c.is_ascii_graphic()) {
            let fault = "an INF cannot hold this character; use letters, digits and \
                         punctuation other than quotes and percent signs";
            return Err(SddlError { offset, fault });
        }
        for component in ["O:", "G:"] {
            if rest.take(component) {
                let length = rest
                    .text
                    .find(':')
                    .map_or(rest.text.len(), |next| next.saturating_sub(1));
                let sid = rest.split(length);
                check_sid(sid)?;
            }
        }
        if !rest.take("D:") {
            return Err(rest.error(
                "a DACL is missing; append `D:` and an entry such as `(A;;0x120fff;;;BA)`",
            ));
        }
        let flags = rest.text.find('(').unwrap_or(rest.text.len());
        let flags = rest.split(flags);
        words(
            flags,
            &["P", "AR", "AI"],
            "unknown flag; a DACL has `P`, `AR` and `AI`",
        )?;
        if rest.text.is_empty() {
            return Err(rest.error("the DACL has no entry, so nobody has access; append one"));
        }
        while !rest.text.is_empty() {
            if !rest.take("(") {
                return Err(rest.error("an entry starts with `(`"));
            }
            let Some(length) = rest.text.find(')') else {
                return Err(rest.error("the entry does not end with `)`"));
            };
            Ace::parse(rest.split(length))?;
            rest.take(")");
        }
        Ok(Self(text))
    }

    /// Returns the text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Returns the entries that let users who are not administrators set values or call methods, which
    /// is a way around the driver's own checks.
    pub fn open_grants(self) -> impl Iterator<Item = &'a str> {
        let entries = self.0.split('(').skip(1);
        let entries = entries
            .filter_map(|entry| entry.split_once(')'))
            .map(|(entry, _)| entry);
        entries.filter(|entry| {
            let entry = Ace::parse(Rest {
                text: entry,
                offset: 0,
            });
            entry.is_ok_and(|ace| ace.is_open())
        })
    }
}

/// What is left of a text, and where it starts.
#[derive(Clone, Copy)]
struct Rest<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Rest<'a> {
    const fn error(&self, fault: &'static str) -> SddlError {
        SddlError {
            offset: self.offset,
            fault,
        }
    }

    /// Takes this text if it comes next.
    fn take(&mut self, expected: &str) -> bool {
        let Some(rest) = self.text.strip_prefix(expected) else {
            return false;
        };
        self.offset = self.offset.saturating_add(expected.len());
        self.text = rest;
        true
    }

    /// Takes this many bytes, of which all are ASCII.
    fn split(&mut self, length: usize) -> Self {
        let (taken, rest) = self
            .text
            .split_at_checked(length)
            .unwrap_or((self.text, ""));
        let taken = Self {
            text: taken,
            offset: self.offset,
        };
        self.offset = self.offset.saturating_add(taken.text.len());
        self.text = rest;
        taken
    }
}

/// One entry of a DACL.
struct Ace<'a> {
    is_allowed: bool,
    rights: u32,
    sid: &'a str,
}

impl<'a> Ace<'a> {
    fn parse(mut entry: Rest<'a>) -> Result<Self, SddlError> {
        let whole = entry;
        let mut fields = [whole; 6];
        let count = fields.len();
        for (index, field) in fields.iter_mut().enumerate() {
            let length = entry.text.find(';').unwrap_or(entry.text.len());
            *field = entry.split(length);
            let is_last = index.saturating_add(1) == count;
            if is_last != entry.text.is_empty() || (!is_last && !entry.take(";")) {
                return Err(whole.error(
                    "an entry has six fields, `type;flags;rights;object;inherited;principal`",
                ));
            }
        }
        let [kind, flags, rights, object, inherited, sid] = fields;
        if !["A", "D"].contains(&kind.text) {
            return Err(kind.error("an entry of WMI allows, `A`, or denies, `D`"));
        }
        let known = ["CI", "OI", "NP", "IO", "ID"];
        words(
            flags,
            &known,
            "unknown flag of an entry; leave the field empty",
        )?;
        for field in [object, inherited] {
            if !field.text.is_empty() {
                return Err(field.error("an entry of WMI has no object; leave the field empty"));
            }
        }
        check_sid(sid)?;
        Ok(Self {
            is_allowed: kind.text == "A",
            rights: parse_rights(rights)?,
            sid: sid.text,
        })
    }

    fn is_open(&self) -> bool {
        let sid = self.sid.to_ascii_uppercase();
        self.is_allowed && self.rights & CHANGING != 0 && MANY.contains(&&*sid)
    }
}

/// Letters of rights, and their bits as WMI has them. Sources: "ACE Strings", `iads.h`, `wmistr.h`.
const RIGHTS: [(&str, u32); 17] = [
    ("GA", 0x0012_1fff),
    ("GR", 0x09),
    ("GW", 0x02),
    ("GX", 0x10),
    ("RC", 0x0002_0000),
    ("SD", 0x0001_0000),
    ("WD", 0x0004_0000),
    ("WO", 0x0008_0000),
    ("CC", 0x01),
    ("DC", 0x02),
    ("LC", 0x04),
    ("SW", 0x08),
    ("RP", 0x10),
    ("WP", 0x20),
    ("DT", 0x40),
    ("LO", 0x80),
    ("CR", 0x100),
];

fn parse_rights(rights: Rest<'_>) -> Result<u32, SddlError> {
    if rights.text.is_empty() {
        return Err(rights.error("the entry has no rights; 0x12000d queries and gets events"));
    }
    if let Some(digits) = rights.text.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16)
            .map_err(|_| rights.error("rights are 32 bits, such as 0x12000d"));
    }
    let mut rest = rights;
    let mut bits = 0;
    while !rest.text.is_empty() {
        let word = rest.split(2);
        let known = RIGHTS.iter().find(|(name, _)| word.text == *name);
        let Some((_, right)) = known else {
            return Err(word.error("unknown right; write a number, such as 0x12000d"));
        };
        bits |= right;
    }
    Ok(bits)
}

/// Checks a field that is made of these words.
fn words(field: Rest<'_>, known: &[&str], fault: &'static str) -> Result<(), SddlError> {
    let mut rest = field;
    while !rest.text.is_empty() {
        if !known.iter().any(|word| rest.take(word)) {
            return Err(rest.error(fault));
        }
    }
    Ok(())
}

/// Two-letter names of principals. Source: "SID Strings", Win32 documentation.
const PRINCIPALS: &[&str] = &[
    "AA", "AC", "AN", "AO", "AP", "AS", "AU", "BA", "BG", "BO", "BU", "CA", "CD", "CG", "CN", "CO",
    "CY", "DA", "DC", "DD", "DG", "DU", "EA", "ED", "EK", "ER", "ES", "HA", "HI", "IS", "IU", "KA",
    "LA", "LG", "LS", "LU", "LW", "ME", "MP", "MS", "MU", "NO", "NS", "NU", "OW", "PA", "PO", "PS",
    "PU", "RA", "RC", "RD", "RE", "RM", "RO", "RS", "RU", "SA", "SI", "SO", "SS", "SU", "SY", "UD",
    "WD", "WR",
];

fn check_sid(sid: Rest<'_>) -> Result<(), SddlError> {
    let text = sid.text.to_ascii_uppercase();
    let is_named = PRINCIPALS.contains(&&*text);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_numbered = text
        .strip_prefix("S-1-")
        .is_some_and(|parts| parts.split('-').count() > 1 && parts.split('-').all(is_number));
    if is_named || is_numbered {
        return Ok(());
    }
    Err(sid.error(
        "unknown principal; use two letters, such as `BA` for administrators, or `S-1-5-32-544`",
    ))
}

/// The text of an INF that gives the classes of a schema their rights: `[DDInstall.WMI]` with a
/// `WMIInterface` for each class, and the sections that it names.
///
/// The default is [`Sddl::ADMINISTRATORS`]. A class with methods or writable items should stay there.
///
/// ```
/// # use wmi_core::schema::{Class, Qualifier, Schema, Value};
/// # const GUID: Qualifier<'static> =
/// #     Qualifier::new("guid", Value::String("{7d1f9a52-30c8-4e0b-9f3a-5f6b1d2c8e47}"));
/// # const SCHEMA: Schema<'static> =
/// #     Schema::new(&[&Class::new("Vendor_Stats").with_qualifiers(&[GUID])]);
/// use wmi_tools::build::{InfSection, Sddl};
///
/// let section = InfSection::new("Vendor_Install.NT", &SCHEMA)
///     .rights_of("Vendor_Stats", Sddl::READABLE);
/// assert!(section.to_string().contains("[Vendor_Install.NT.WMI]"));
/// ```
#[derive(Clone, Debug)]
pub struct InfSection<'a> {
    install: &'a str,
    classes: Classes<'a>,
    rights: Sddl<'a>,
    of_classes: Vec<(&'a str, Sddl<'a>)>,
}

impl<'a> InfSection<'a> {
    /// Returns the section for the install section of this name, with its decoration:
    /// `Vendor_Install.NT`.
    #[must_use]
    pub fn new(install: &'a str, classes: impl Into<Classes<'a>>) -> Self {
        Self {
            install,
            classes: classes.into(),
            rights: Sddl::ADMINISTRATORS,
            of_classes: Vec::new(),
        }
    }

    /// Sets the rights of all classes.
    #[must_use]
    pub fn rights(mut self, rights: Sddl<'a>) -> Self {
        self.rights = rights;
        self
    }

    /// Sets the rights of one class.
    #[must_use]
    pub fn rights_of(mut self, class: &'a str, rights: Sddl<'a>) -> Self {
        self.of_classes.push((class, rights));
        self
    }

    /// Returns what should be looked at: classes whose rights are set and that the schema does not have
    /// under a GUID, and entries that let many users set values or call methods.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for (name, _) in &self.of_classes {
            if !self
                .classes()
                .any(|class| class.0.eq_ignore_ascii_case(name))
            {
                warnings.push(format!(
                    "`{name}` has rights, but is not a class with a GUID; leave it out or correct \
                     the name"
                ));
            }
        }
        for rights in self.distinct() {
            for entry in rights.open_grants() {
                warnings.push(format!(
                    "`({entry})` lets users who are not administrators set values or call methods; \
                     grant 0x12000d to query and get events"
                ));
            }
        }
        warnings
    }

    /// Checks the name of the install section.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if self.install.is_empty() || !self.install.chars().all(is_name) {
            return Err(BuildError::InstallSection(self.install.to_owned()));
        }
        if self.classes.iter().next().is_none() {
            return Err(BuildError::NoClasses);
        }
        Ok(())
    }

    /// The classes that have a GUID of their own, by name.
    fn classes(&self) -> impl Iterator<Item = (&'a str, Guid)> {
        let classes = self.classes.iter();
        classes.filter_map(|class| Some((class.name, class.guid()?)))
    }

    fn of(&self, class: &str) -> Sddl<'a> {
        let mut own = self.of_classes.iter().rev();
        let own = own.find(|(name, _)| name.eq_ignore_ascii_case(class));
        own.map_or(self.rights, |(_, rights)| *rights)
    }

    /// The descriptors in use, each once.
    fn distinct(&self) -> Vec<Sddl<'a>> {
        let mut distinct = Vec::new();
        for (class, _) in self.classes() {
            let rights = self.of(class);
            if !distinct.contains(&rights) {
                distinct.push(rights);
            }
        }
        distinct
    }

    /// The name of the section of a descriptor.
    fn section(&self, number: usize) -> String {
        let install = self.install.split('.').next().unwrap_or_default();
        format!("{install}_WMI_Security_{number}")
    }
}

impl fmt::Display for InfSection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let distinct = self.distinct();
        writeln!(f, "[{}.WMI]", self.install)?;
        for (class, guid) in self.classes() {
            let rights = self.of(class);
            let number = distinct.iter().position(|other| *other == rights);
            let section = self.section(number.unwrap_or(0));
            // 1 is SCWMI_CLOBBER_SECURITY: an older driver's rights do not stay.
            writeln!(f, "WMIInterface = {{{guid}}}, 1, {section} ; {class}")?;
        }
        for (number, rights) in distinct.iter().enumerate() {
            let section = self.section(number);
            writeln!(f, "\n[{section}]\nsecurity = \"{}\"", rights.as_str())?;
        }
        Ok(())
    }
}
