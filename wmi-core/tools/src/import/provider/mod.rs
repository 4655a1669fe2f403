//! Writes a provider of the imported classes: its blocks, handlers to fill in, and a test.
//!
//! Owns the order of the source, the device and its blocks; `served` owns which classes get a block. It
//! does not own the code that connects the provider to the kernel: the pages of `wmi-driver` show that
//! code, and `cargo wmi new` writes it.

mod handlers;
mod served;
mod test;

use std::collections::{BTreeMap, BTreeSet};

use self::handlers::handlers;
use self::served::{ATOMICS, Content, Served, claim, content};
use self::test::test;
use super::class::Written;
use super::meta::WIDTH;
use super::module::import;
use super::name::ident;
use super::text::one_line;
use super::{DriverModel, ProviderOptions};
use wmi_core::schema::Class;

/// The methods that a tuple can have.
const TUPLE: usize = 16;

/// Names of the test that values must not have.
const TAKEN: &[&str] = &[
    "crate", "self", "super", "answer", "block", "device", "element", "encoded", "event", "events",
    "output", "received", "refusal", "sent", "values", "wmi",
];

/// Writes the provider of these classes, or returns `None` if none of them has a block.
pub(super) fn write(
    classes: &[(&Class<'_>, &Written)],
    options: &ProviderOptions,
) -> Option<String> {
    let mut names: BTreeSet<String> = TAKEN.iter().map(ToString::to_string).collect();
    let mut guids = BTreeSet::new();
    let mut served = Vec::new();
    let mut left_out = Vec::new();
    let mut functions = BTreeMap::new();
    for &(_, written) in classes {
        let name = claim(&written.structure.name, &mut names);
        functions.insert(written.structure.name.as_str(), (name, written));
    }
    for &(class, written) in classes {
        if !written.kind.is_registered() {
            continue;
        }
        let content = content(written).and_then(|content| {
            let guid = class.guid().ok_or("it has no GUID")?;
            if guids.insert(guid.to_bytes()) {
                Ok(content)
            } else {
                Err("another class has the same GUID")
            }
        });
        match content {
            Ok(content) => {
                let block = Served::new(class, written, content, &functions, &mut names);
                served.push(block);
            }
            Err(why) => left_out.push(format!("{}: {why}", class.name)),
        }
    }
    if served.is_empty() {
        return None;
    }
    let mut out = head(options, &left_out, &served);
    device(options.model, &served, &mut out);
    provider(options.model, &served, &mut out);
    for block in &served {
        handlers(block, &mut out);
    }
    test(options.model, &served, &functions, &mut out);
    Some(out)
}

fn head(options: &ProviderOptions, left_out: &[String], served: &[Served<'_>]) -> String {
    let page = match options.model {
        DriverModel::Wdm => "wdm",
        DriverModel::Kmdf => "kmdf",
        DriverModel::Storport => "storport",
    };
    let mut head = format!(
        "//! The WMI provider of the driver.\n//!\n\
         //! Each `TODO` marks a place to fill in. A request that the driver does not handle yet is completed\n\
         //! with `STATUS_NOT_IMPLEMENTED`. The documentation of `wmi_driver::{page}` shows the code that\n\
         //! connects the provider to the kernel.\n\n"
    );
    if !left_out.is_empty() {
        head.push_str("// Without a block:\n");
        for class in left_out {
            head.push_str(&format!("// - {}\n", one_line(class)));
        }
        head.push('\n');
    }
    let stored = served.iter().flat_map(|block| &block.settable);
    let stored: BTreeSet<_> = stored.map(|item| item.atomic).collect();
    let atomics = ATOMICS.iter().map(|(_, atomic)| *atomic);
    let mut atomics: Vec<_> = atomics.filter(|atomic| stored.contains(atomic)).collect();
    if !atomics.is_empty() {
        atomics.push("Ordering");
    }
    if let Some(line) = import("core::sync::atomic", &atomics) {
        head.push_str(&format!("{line}\n"));
    }
    let has = |content| served.iter().any(|block| block.content == content);
    let mut items = Vec::new();
    if has(Content::Event) {
        items.push("Event");
    }
    if has(Content::Fixed) {
        items.push("Handle");
    }
    if has(Content::Variable) {
        items.push("HandleVariable");
    }
    let is_long = |block: &Served<'_>| block.methods.len() > TUPLE;
    if served.iter().any(is_long) {
        items.push("MoreMethods");
    }
    items.push("Provider");
    if has(Content::Variable) {
        items.extend(["Reply", "Sent"]);
    }
    let stores = |wanted| {
        let mut blocks = served.iter().filter(|block| block.content == wanted);
        blocks.any(|block| block.store.is_some())
    };
    if stores(Content::Fixed) {
        items.push("Stored");
    }
    if stores(Content::Variable) {
        items.push("StoredVariable");
    }
    let provider = import("wmi_core::provider", &items);
    let mut methods = served.iter().flat_map(|block| &block.methods);
    let has_methods = methods.next().is_some();
    let stores_counters = served.iter().any(Served::stores_counters);
    let mut items = Vec::new();
    if has_methods {
        items.push("Execute");
    }
    if has_methods || has(Content::Fixed) || has(Content::Variable) {
        items.push("NtStatus");
    }
    let sets = |block: &Served<'_>| block.content == Content::Fixed && block.takes_sets();
    if served.iter().any(Served::tells_output_sizes) {
        items.push("VariableClass");
    }
    if stores_counters || served.iter().any(sets) {
        items.push("Wire");
    }
    head.extend(provider);
    head.extend(import("wmi_core", &items));
    match &*options.module {
        "schema" => head.push_str("\nuse super::schema;\n\n"),
        module => head.push_str(&format!("\nuse super::{module} as schema;\n\n")),
    }
    head
}

fn device(model: DriverModel, served: &[Served<'_>], out: &mut String) {
    out.push_str("/// The driver's data for one device.\npub struct Device {\n");
    if model == DriverModel::Wdm {
        out.push_str(
            "    /// The address of the physical device object: `wmi_driver::wdm::Wmi::pdo`.\n    \
             pub physical_device_object: usize,\n    \
             /// A copy of the path passed to `DriverEntry`: `wmi_driver::RegistryPath::units`.\n    \
             pub registry_path: &'static [u16],\n",
        );
    }
    for block in served {
        let (class, field) = (block.class.name, ident(&block.field));
        let ty = block.with_lifetime("'static");
        let (docs, ty) = match block.content {
            _ if block.store.is_some() => (
                format!("The values of `{class}`, which clients may set."),
                block.store.clone().unwrap_or_default(),
            ),
            Content::Counters => (format!("The counters of `{class}`."), ty),
            Content::Fixed | Content::Variable if block.has_values() => (
                format!("The values of `{class}`; `None` until the driver knows them."),
                format!("Option<{ty}>"),
            ),
            Content::Fixed | Content::Variable => {
                settable_fields(block, out);
                output_fields(block, out);
                continue;
            }
            Content::Event => (format!("The event `{class}`."), format!("Event<{ty}>")),
            Content::MethodsOnly => {
                output_fields(block, out);
                continue;
            }
        };
        out.push_str(&format!("    /// {docs}\n    pub {field}: {ty},\n"));
        settable_fields(block, out);
        output_fields(block, out);
    }
    out.push_str("}\n\n");
}

fn settable_fields(block: &Served<'_>, out: &mut String) {
    for stored in &block.settable {
        let (class, item) = (block.class.name, &stored.item.wmi_name);
        let (field, ty) = (ident(&stored.field), stored.ty());
        out.push_str(&format!(
            "    /// `{item}` of `{class}`, which clients may set.\n    pub {field}: {ty},\n"
        ));
    }
}

fn output_fields(block: &Served<'_>, out: &mut String) {
    for method in &block.methods {
        if let Some(field) = &method.output {
            let (name, field) = (method.written.name(), ident(field));
            let ty = method.output_type("'static");
            out.push_str(&format!(
                "    /// The output of `{name}`; `None` until the driver executes it.\n    \
                 pub {field}: Option<{ty}>,\n"
            ));
        }
    }
}

fn provider(model: DriverModel, served: &[Served<'_>], out: &mut String) {
    out.push_str(
        "// Fixes the type of the closures' first argument.\n\
         type Block = wmi_core::provider::Block<Device>;\n\n\
         // TODO: a device has one instance of each block; for more, add `.pdo(|device| ..)` with their number.\n\
         const BLOCKS: &[&Block] = &[\n",
    );
    for block in served {
        let (ty, field) = (block.ty(), ident(&block.field));
        if block.content == Content::Counters && !block.settable_items().is_empty() {
            out.push_str(
                "    // TODO: take sets by a `Handle` and `Block::fixed`. Clients may set items of this \
                 class,\n    // and a block of counters refuses them.\n",
            );
        }
        let (kind, object) = match block.content {
            Content::Counters if block.stores_counters() => ("counters", "device".to_string()),
            Content::Counters => ("counters", format!("&device.{field}")),
            Content::Fixed => ("fixed", "device".to_string()),
            Content::Variable => ("variable", "device".to_string()),
            Content::MethodsOnly => ("methods_only", "device".to_string()),
            Content::Event => {
                out.push_str(&format!("    &Block::event(|device| &device.{field}),\n"));
                continue;
            }
        };
        out.push_str(&format!(
            "    &Block::{kind}::<{ty}, _>(|device, _| Some({object}))"
        ));
        let methods = block.methods.iter();
        let methods: Vec<_> = methods
            .map(|method| format!("schema::{}", method.written.path()))
            .collect();
        if !methods.is_empty() {
            let start = out.rfind('\n').map_or(0, |end| end.saturating_add(1));
            let rest = format!(".methods::<({})>(),", methods.join(", "));
            let width = out.len().saturating_sub(start).saturating_add(rest.len());
            let fits = width <= WIDTH;
            // A list of one is not broken, but the chain of calls is.
            if !fits && methods.len() == 1 {
                out.push_str("\n        ");
            }
            out.push_str(&format!(".methods::<{}>()", list(&methods, fits)));
        }
        out.push_str(",\n");
    }
    out.push_str(
        "];\n\n\
         /// The resource with the binary MOF in the driver's image.\n\
         pub const MOF_RESOURCE: &str = \"MofResource\";\n\n\
         /// The blocks of a device.\n",
    );
    out.push_str(match model {
        DriverModel::Wdm => {
            "pub static PROVIDER: Provider<Device> =\n    \
             Provider::with_pdo(BLOCKS, |device| device.physical_device_object)\n        \
             .mof_resource(MOF_RESOURCE)\n        \
             .registry_path(|device| device.registry_path);\n"
        }
        DriverModel::Kmdf => {
            "pub static PROVIDER: Provider<Device> = \
             Provider::kmdf(BLOCKS).mof_resource(MOF_RESOURCE);\n"
        }
        DriverModel::Storport => {
            "pub static PROVIDER: Provider<Device> = \
             Provider::storport(BLOCKS).mof_resource(MOF_RESOURCE);\n"
        }
    });
}

/// Returns the list of methods, in as many tuples as it needs; on one line if it `fits`.
fn list(methods: &[String], fits: bool) -> String {
    let (first, rest) = methods.split_at_checked(TUPLE).unwrap_or((methods, &[]));
    let tuple = match first {
        [method] => format!("({method},)"),
        methods if fits => format!("({})", methods.join(", ")),
        methods => format!("(\n        {},\n    )", methods.join(",\n        ")),
    };
    if rest.is_empty() {
        tuple
    } else {
        format!("MoreMethods<{tuple}, {}>", list(rest, fits))
    }
}
