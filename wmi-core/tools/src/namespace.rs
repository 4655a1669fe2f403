//! Namespaces and their spellings. Owns how they compare; [`Classes`](crate::Classes) owns their
//! contents.

use wmi_core::schema::Object;

/// Returns the normal spelling of a namespace, for comparison: `root\wmi`.
///
/// Ignores case, treats `\` and `/` alike, and drops a leading `\\.\` for this machine:
/// `\\.\ROOT\WMI`. Objects without `#pragma namespace` are in `root\default`; WMI moves a driver's
/// objects from there to `root\wmi`.
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
