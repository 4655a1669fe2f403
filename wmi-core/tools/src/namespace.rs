//! Namespaces, which have several spellings. Owns how they compare; what is in them is for
//! [`Classes`](crate::Classes).

use wmi_core::schema::Object;

/// The one spelling of a namespace that compares: `root\wmi`.
///
/// Case does not matter, nor whether `\` or `/` stands between the parts, nor the `.` of this
/// machine in front of them: `\\.\ROOT\WMI`. Objects without `#pragma namespace` are in
/// `root\default`, from where WMI takes those of a driver into `root\wmi`.
pub(crate) fn normal(namespace: &str) -> String {
    const OF_DRIVERS: &str = "root\\wmi";
    if namespace == Object::DEFAULT_NAMESPACE {
        return OF_DRIVERS.to_owned();
    }
    let parts = namespace.split(['\\', '/']);
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    let local = match *parts {
        [".", ref local @ ..] => local,
        ref local => local,
    };
    local.join("\\").to_ascii_lowercase()
}
