//! Writes a provider of the imported classes: its blocks, handlers to fill in, and a test.
//!
//! Owns which classes get a block, and the source of the provider's module. It does not own the code
//! that connects the provider to the kernel: the pages of `wmi-driver` show that code.

use std::collections::{BTreeMap, BTreeSet};

use wmi_vocabulary::kind::ClassKind;

use super::class::Written;
use super::item::Field;
use super::meta::WIDTH;
use super::method;
use super::module::import;
use super::name::{field_name, ident};
use super::text::one_line;
use super::{DriverModel, ProviderOptions};
use crate::layout::Elements;
use wmi_core::schema::Class;

/// A class with a block.
struct Served<'w> {
    class: &'w Class<'w>,
    written: &'w Written,
    content: Content,
    /// The field of the device, and the function that returns its value in the test.
    field: String,
    /// The items that clients may set, if the device has a field for each of them.
    settable: Vec<Settable<'w>>,
    methods: Vec<ServedMethod<'w>>,
}

/// A method of a class with a block.
struct ServedMethod<'w> {
    written: &'w method::Written,
    /// The field of the device for its output, and the function that returns its value in the test;
    /// `None` without outputs.
    output: Option<String>,
}

impl ServedMethod<'_> {
    /// Returns whether its output has strings or arrays, whose size the driver must tell.
    fn output_borrows(&self) -> bool {
        self.written.going("out").any(Field::borrows)
    }

    /// Returns the type of its output.
    fn output_type(&self, lifetime: &str) -> String {
        match (&self.output, self.output_borrows()) {
            (None, _) => "wmi_core::NoParameters".to_string(),
            (_, true) => format!("schema::{}Out<{lifetime}>", self.written.name()),
            (_, false) => format!("schema::{}Out", self.written.name()),
        }
    }
}

/// An item that clients may set, and that the device stores in an atomic.
struct Settable<'w> {
    item: &'w Field,
    /// The field of the device.
    field: String,
    atomic: &'static str,
}

/// The source of the data of a block.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    Counters,
    Fixed,
    Variable,
    MethodsOnly,
    Event,
}

impl Served<'_> {
    /// Returns the struct with an inferred lifetime.
    fn ty(&self) -> String {
        self.with_lifetime("'_")
    }

    fn with_lifetime(&self, lifetime: &str) -> String {
        let structure = &self.written.structure;
        let lifetime = if structure.borrows {
            format!("<{lifetime}>")
        } else {
            String::new()
        };
        format!("schema::{}{lifetime}", structure.name)
    }

    /// Returns whether clients may set items.
    fn is_writable(&self) -> bool {
        has_settable_items(self.class, self.written)
    }

    /// Returns whether sets are left to fill in.
    fn refuses_sets(&self) -> bool {
        matches!(self.content, Content::Fixed | Content::Variable)
            && self.is_writable()
            && self.settable.is_empty()
    }

    /// Returns whether items are stored in one field of the device: all but those with fields of their
    /// own.
    fn has_values(&self) -> bool {
        self.content != Content::Fixed || self.settable.len() < self.written.fields.len()
    }
}

fn settable_items<'w>(
    class: &'w Class<'w>,
    written: &'w Written,
) -> impl Iterator<Item = &'w Field> {
    written.fields.iter().filter(|field| {
        let property = class.property(&field.wmi_name);
        property.is_some_and(|property| property.qualifiers.flag("write"))
    })
}

fn has_settable_items(class: &Class<'_>, written: &Written) -> bool {
    settable_items(class, written).next().is_some()
}

/// The atomics that store settable items, by the type of the item.
const ATOMICS: [(&str, &str); 9] = [
    ("bool", "AtomicBool"),
    ("i8", "AtomicI8"),
    ("i16", "AtomicI16"),
    ("i32", "AtomicI32"),
    ("i64", "AtomicI64"),
    ("u8", "AtomicU8"),
    ("u16", "AtomicU16"),
    ("u32", "AtomicU32"),
    ("u64", "AtomicU64"),
];

/// Returns the items that clients may set, with the device's fields for them; none if one has no
/// atomic, since a set must store all or fail.
fn settable<'w>(
    class: &'w Class<'w>,
    written: &'w Written,
    block: &str,
    names: &mut BTreeSet<String>,
) -> Vec<Settable<'w>> {
    let atomic = |item: &Field| {
        let mut atomics = ATOMICS.into_iter();
        atomics.find_map(|(ty, atomic)| (item.ty == ty).then_some(atomic))
    };
    let items = settable_items(class, written).map(|item| Some((item, atomic(item)?)));
    let items: Option<Vec<_>> = items.collect();
    let items = items.unwrap_or_default().into_iter();
    items
        .map(|(item, atomic)| Settable {
            item,
            field: claim(&format!("{block}_{}", item.name), names),
            atomic,
        })
        .collect()
}

/// The methods that a tuple can have.
const TUPLE: usize = 16;

/// Names of the test that values must not have.
const TAKEN: &[&str] = &[
    "crate", "self", "super", "answer", "block", "device", "encoded", "event", "events", "output",
    "received", "refusal", "sent", "values", "wmi",
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
    for &(class, written) in classes {
        let name = claim(&written.structure.name, &mut names);
        functions.insert(written.structure.name.as_str(), (name.clone(), written));
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
                let settable = match content {
                    Content::Fixed => settable(class, written, &name, &mut names),
                    _ => Vec::new(),
                };
                let methods = written.methods.iter();
                let methods = methods
                    .map(|method| ServedMethod {
                        written: method,
                        output: method
                            .going("out")
                            .next()
                            .map(|_| claim(method.name(), &mut names)),
                    })
                    .collect();
                served.push(Served {
                    class,
                    written,
                    content,
                    field: name,
                    settable,
                    methods,
                });
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

/// Returns a name for a struct that no other has.
fn claim(of: &str, names: &mut BTreeSet<String>) -> String {
    let name = field_name(of);
    let numbered = (2u32..).map(|number| format!("{name}_{number}"));
    let mut candidates = core::iter::once(name.clone()).chain(numbered);
    candidates
        .find(|name| names.insert(name.clone()))
        .unwrap_or_default()
}

/// Returns the content of the block of a class, or why it has none.
fn content(written: &Written) -> Result<Content, &'static str> {
    let has_methods = !written.methods.is_empty();
    if written.has_untyped_items {
        return Err("its struct has no fields for its items");
    }
    if written.kind == ClassKind::Event {
        return match (has_methods, written.fits_event) {
            (true, _) => Err("an event has no methods"),
            (_, false) => Err("its data is too large for an event"),
            _ => Ok(Content::Event),
        };
    }
    Ok(match written.fields.is_empty() {
        true if has_methods => Content::MethodsOnly,
        true => return Err("it has neither items nor methods"),
        false if written.structure.borrows => Content::Variable,
        false if written.structure.counts => Content::Counters,
        false => Content::Fixed,
    })
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
    let provider = import("wmi_core::provider", &items);
    let mut methods = served.iter().flat_map(|block| &block.methods);
    let has_methods = methods.next().is_some();
    let stores_counters = served.iter().any(stores_counters);
    let mut items = Vec::new();
    if has_methods {
        items.push("Execute");
    }
    if has_methods || has(Content::Fixed) || has(Content::Variable) {
        items.push("NtStatus");
    }
    let sets = |block: &Served<'_>| block.content == Content::Fixed && block.is_writable();
    if served.iter().any(tells_output_sizes) {
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

/// Returns whether a method has an output of variable size.
fn tells_output_sizes(block: &Served<'_>) -> bool {
    block.methods.iter().any(ServedMethod::output_borrows)
}

/// Returns whether the device itself is the object of a block of counters, since it executes the
/// methods.
fn stores_counters(block: &Served<'_>) -> bool {
    block.content == Content::Counters && !block.methods.is_empty()
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
        let (field, atomic) = (ident(&stored.field), stored.atomic);
        out.push_str(&format!(
            "    /// `{item}` of `{class}`, which clients may set.\n    pub {field}: {atomic},\n"
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
         // TODO: set the number of instances by `.pdo(..)` where a device has more than one.\n\
         const BLOCKS: &[&Block] = &[\n",
    );
    for block in served {
        let (ty, field) = (block.ty(), ident(&block.field));
        let (kind, object) = match block.content {
            Content::Counters if stores_counters(block) => ("counters", "device".to_string()),
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
            out.push_str(&format!(".methods::<{}>()", list(&methods, width <= WIDTH)));
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

fn handlers(block: &Served<'_>, out: &mut String) {
    let (ty, field) = (block.ty(), ident(&block.field));
    match block.content {
        Content::Fixed => {
            out.push_str(&format!(
                "\nimpl Handle<{ty}> for Device {{\n    \
                 fn query(&self) -> Result<{ty}, NtStatus> {{\n"
            ));
            if block.settable.is_empty() {
                out.push_str(&format!(
                    "        // TODO: read the values from the device.\n        \
                     let values = self.{field}.clone();\n        \
                     values.ok_or(NtStatus::NOT_IMPLEMENTED)\n    }}\n"
                ));
            } else {
                query_settable(block, out);
                set_settable(block, out);
            }
            if block.refuses_sets() {
                set(&format!("&Wire<{ty}>"), out);
            }
            out.push_str("}\n");
        }
        Content::Variable => {
            out.push_str(&format!(
                "\nimpl HandleVariable<{ty}> for Device {{\n    \
                 fn query(&self, reply: Reply<'_, {ty}>) -> Result<Sent, NtStatus> {{\n        \
                 // TODO: read the values from the device.\n        \
                 let values = self.{field}.as_ref();\n        \
                 reply.send(values.ok_or(NtStatus::NOT_IMPLEMENTED)?)\n    }}\n"
            ));
            if block.is_writable() {
                set(
                    &format!("schema::{}View<'_>", block.written.structure.name),
                    out,
                );
            }
            out.push_str("}\n");
        }
        Content::Counters if stores_counters(block) => out.push_str(&format!(
            "\nimpl wmi_core::wnode::InstanceData<{ty}> for Device {{\n    \
             fn store(&self, block: &mut Wire<{ty}>) {{\n        \
             *block = self.{field}.snapshot();\n    }}\n}}\n"
        )),
        Content::Counters | Content::MethodsOnly | Content::Event => {}
    }
    for method in &block.methods {
        execute(method, out);
    }
}

fn query_settable(block: &Served<'_>, out: &mut String) {
    let (ty, field) = (block.ty(), ident(&block.field));
    if block.has_values() {
        out.push_str(&format!(
            "        // TODO: read the other values from the device.\n        \
             let values = self.{field}.clone();\n        \
             let values = values.ok_or(NtStatus::NOT_IMPLEMENTED)?;\n"
        ));
    }
    out.push_str(&format!("        Ok({ty} {{\n"));
    for Settable { item, field, .. } in &block.settable {
        let (item, field) = (ident(&item.name), ident(field));
        out.push_str(&format!(
            "            {item}: self.{field}.load(Ordering::Relaxed),\n"
        ));
    }
    if block.has_values() {
        out.push_str("            ..values\n");
    }
    out.push_str("        })\n    }\n");
}

fn set_settable(block: &Served<'_>, out: &mut String) {
    let ty = block.ty();
    out.push_str(&format!(
        "\n    fn set(&self, block: &Wire<{ty}>) -> Result<(), NtStatus> {{\n        \
         // TODO: refuse values that the device cannot take, and pass it the others.\n"
    ));
    for Settable { item, field, .. } in &block.settable {
        let (constant, field) = (item.name.to_uppercase(), ident(field));
        out.push_str(&format!(
            "        let value = block.get({ty}::{constant});\n        \
             self.{field}.store(value, Ordering::Relaxed);\n"
        ));
    }
    out.push_str("        Ok(())\n    }\n");
}

fn set(block: &str, out: &mut String) {
    out.push_str(&format!(
        "\n    fn set(&self, block: {block}) -> Result<(), NtStatus> {{\n        \
         // TODO: store the items that clients may set.\n        \
         let _ = block;\n        \
         Err(NtStatus::NOT_IMPLEMENTED)\n    }}\n"
    ));
}

fn execute(method: &ServedMethod<'_>, out: &mut String) {
    let ServedMethod { written, output } = method;
    let input = match written.going("in").next() {
        Some(_) => format!("schema::{}InView<'_>", written.name()),
        None => "wmi_core::NoParameters".to_string(),
    };
    out.push_str(&format!(
        "\nimpl Execute<schema::{}> for Device {{\n",
        written.path()
    ));
    let field = output.as_deref().map(ident).unwrap_or_default();
    if method.output_borrows() {
        out.push_str(&format!(
            "    fn output_size(&self, input: {input}) -> usize {{\n        \
             // TODO: return an upper bound of the output's size.\n        \
             let _ = input;\n        \
             let output = self.{field}.as_ref();\n        \
             output.map_or(0, |output| output.encoded_size().unwrap_or(0))\n    }}\n\n"
        ));
    }
    let ty = method.output_type("'_");
    out.push_str(&format!(
        "    fn execute(&self, input: {input}) -> Result<{ty}, NtStatus> {{\n        \
         // TODO: execute the method.\n        \
         let _ = input;\n"
    ));
    if output.is_none() {
        out.push_str("        Err(NtStatus::NOT_IMPLEMENTED)\n    }\n}\n");
        return;
    }
    out.push_str(&format!(
        "        let output = self.{field}.as_ref();\n        \
         let output = output.ok_or(NtStatus::NOT_IMPLEMENTED)?;\n        \
         Ok(schema::{}Out {{\n",
        written.name()
    ));
    for parameter in written.going("out") {
        let name = ident(&parameter.name);
        // Only classes are not `Copy`.
        let is_class = parameter.sample.embeds.is_some();
        let is_slice = matches!(parameter.sample.elements, Elements::Counted { .. });
        let clone = if is_class && !is_slice {
            ".clone()"
        } else {
            ""
        };
        out.push_str(&format!("            {name}: output.{name}{clone},\n"));
    }
    out.push_str("        })\n    }\n}\n");
}

/// The functions that return the values of the structs, by the name of the struct.
type Functions<'w> = BTreeMap<&'w str, (String, &'w Written)>;

fn test(model: DriverModel, served: &[Served<'_>], functions: &Functions<'_>, out: &mut String) {
    let has = |wanted: fn(&Served<'_>) -> bool| served.iter().any(wanted);
    let is_event = |block: &Served<'_>| block.content == Content::Event;
    let has_events = has(is_event);
    let has_output =
        |block: &Served<'_>| block.methods.iter().any(|method| method.output.is_some());
    let has_variable =
        has(|block| block.content != Content::MethodsOnly && block.written.structure.borrows)
            || has(has_output);
    let is_refused = |block: &Served<'_>| {
        let mut methods = block.methods.iter();
        block.refuses_sets() || methods.any(|method| method.output.is_none())
    };
    let has_refusals = has(is_refused);
    out.push_str("\n#[cfg(test)]\nmod tests {\n");
    if has_variable && !has(tells_output_sizes) {
        out.push_str("    use wmi_core::VariableClass;\n");
    }
    let events = if has_events { "EventQueue, " } else { "" };
    if has_events {
        out.push_str("    use wmi_core::wnode::Target;\n");
    }
    out.push_str(&format!(
        "    use wmi_tools::simulator::{{{events}Failure, Simulator}};\n\n    use super::*;\n"
    ));

    out.push_str(
        "\n    /// A device with known values.\n    fn device() -> Device {\n        Device {\n",
    );
    if model == DriverModel::Wdm {
        out.push_str(
            "            physical_device_object: 0x1000,\n            registry_path: &[0x5c],\n",
        );
    }
    for block in served {
        let field = ident(&block.field);
        let value = match block.content {
            Content::Counters => format!("{field}()"),
            Content::Fixed | Content::Variable => format!("Some({field}())"),
            Content::Event => "Event::new()".to_string(),
            Content::MethodsOnly => String::new(),
        };
        if block.has_values() && block.content != Content::MethodsOnly {
            out.push_str(&format!("            {field}: {value},\n"));
        }
        for stored in &block.settable {
            let (item, own, atomic) = (
                ident(&stored.item.name),
                ident(&stored.field),
                stored.atomic,
            );
            out.push_str(&format!(
                "            {own}: {atomic}::new({field}().{item}),\n"
            ));
        }
        for output in block
            .methods
            .iter()
            .filter_map(|method| method.output.as_deref())
        {
            let output = ident(output);
            out.push_str(&format!("            {output}: Some({output}()),\n"));
        }
    }
    out.push_str("        }\n    }\n");
    if has_refusals {
        out.push_str(
            "\n    /// Returns the status of a request that is refused.\n    \
             fn refusal<T>(answer: Result<T, Failure>) -> Option<NtStatus> {\n        \
             answer.err()?.status()\n    }\n",
        );
    }
    if has_variable {
        out.push_str(
            "\n    fn encoded(values: &impl VariableClass) -> Vec<u8> {\n        \
             let mut bytes = vec![0; values.encoded_size().unwrap()];\n        \
             values.encode(&mut bytes).unwrap();\n        bytes\n    }\n",
        );
    }

    values(served, functions, out);

    let without_pdo = match model {
        DriverModel::Wdm => "",
        DriverModel::Kmdf | DriverModel::Storport => ".without_pdo()",
    };
    for block in served {
        let ty = block.ty();
        out.push_str(&format!(
            "\n    #[test]\n    fn {}_answers() -> Result<(), Failure> {{\n",
            block.field
        ));
        out.push_str(&registered(without_pdo));
        let query = query(block);
        out.push_str(&query);
        if block.content == Content::Event {
            event(block, out);
        }
        if !block.settable.is_empty() {
            sets(block, out);
        } else if block.refuses_sets() {
            let call = match block.content {
                Content::Fixed => "wmi.set(0, &block)".to_string(),
                _ => format!("wmi.set_variable(0, &{}())", ident(&block.field)),
            };
            out.push_str("        // TODO: expect the new values, once they are stored.\n");
            refused(&call, out);
            out.push_str(&query);
        }
        for method in &block.methods {
            executed(&ty, method, functions, out);
        }
        out.push_str("        Ok(())\n    }\n");
    }
    out.push_str("\n    #[test]\n    fn rules_of_wmi_are_kept() -> Result<(), Failure> {\n");
    out.push_str(&registered(without_pdo));
    out.push_str("        assert_eq!(wmi.verify(), []);\n        Ok(())\n    }\n}\n");
}

/// Returns the start of a test.
fn registered(without_pdo: &str) -> String {
    format!(
        "        let device = device();\n        \
         let mut wmi = Simulator::new(|request| PROVIDER.dispatch(&device, request)){without_pdo};\n        \
         wmi.register()?;\n"
    )
}

/// Returns the part of the test that queries the values of the device.
fn query(block: &Served<'_>) -> String {
    let (ty, value) = (block.ty(), ident(&block.field));
    match block.content {
        Content::Counters | Content::Fixed => format!(
            "        let block = wmi.query::<{ty}>(0)?;\n        \
             assert_eq!(block, {value}().snapshot());\n"
        ),
        Content::Variable => format!(
            "        let block = wmi.query_variable::<{ty}>(0)?;\n        \
             assert_eq!(block.as_bytes(), encoded(&{value}()));\n"
        ),
        Content::MethodsOnly | Content::Event => String::new(),
    }
}

/// Writes the part of the test that sets other values, and expects them in the next query.
fn sets(block: &Served<'_>, out: &mut String) {
    let (ty, function) = (block.ty(), ident(&block.field));
    out.push_str(&format!("        let mut values = {function}();\n"));
    for Settable { item, .. } in &block.settable {
        let (name, other) = (ident(&item.name), item.sample.other());
        out.push_str(&format!("        values.{name} = {other};\n"));
    }
    out.push_str(&format!(
        "        wmi.set(0, &values.snapshot())?;\n        \
         let block = wmi.query::<{ty}>(0)?;\n        \
         assert_eq!(block, values.snapshot());\n"
    ));
}

/// Writes the part of the test that executes a method.
fn executed(ty: &str, method: &ServedMethod<'_>, functions: &Functions<'_>, out: &mut String) {
    let input = parameters(method.written, "in", functions);
    let call = format!(
        "wmi.execute::<{ty}, schema::{}>(0, &sent)",
        method.written.path()
    );
    out.push_str(&format!("        let sent = {input};\n"));
    match method.output.as_deref() {
        Some(output) => out.push_str(&format!(
            "        let output = {call}?;\n        \
             assert_eq!(output.as_bytes(), encoded(&{}()));\n",
            ident(output)
        )),
        None => {
            out.push_str("        // TODO: expect success, once the method is executed.\n");
            refused(&call, out);
        }
    }
}

fn refused(call: &str, out: &mut String) {
    out.push_str(&format!(
        "        let answer = {call};\n        \
         assert_eq!(refusal(answer), Some(NtStatus::NOT_IMPLEMENTED));\n"
    ));
}

fn event(block: &Served<'_>, out: &mut String) {
    let (ty, field) = (block.ty(), ident(&block.field));
    let is_variable = block.written.structure.borrows;
    let send = if is_variable { "send_variable" } else { "send" };
    out.push_str(&format!(
        "        let events = EventQueue::new();\n        \
         wmi.enable_events::<{ty}>()?;\n        \
         let (event, values) = (&device.{field}, {field}());\n        \
         let sent = event.{send}(&events, Target::Static(0), &values);\n        \
         assert_eq!(sent, Ok(()));\n        \
         let received = wmi.receive(&events)?;\n"
    ));
    out.push_str(&if is_variable {
        let name = &block.written.structure.name;
        format!(
            "        let received = received[0].view::<{ty}>();\n        \
             let sent = encoded(&values);\n        \
             let sent = schema::{name}::decode(&sent);\n        \
             assert_eq!(format!(\"{{received:?}}\"), format!(\"{{sent:?}}\"));\n"
        )
    } else {
        format!(
            "        let received = received[0].block::<{ty}>();\n        \
             assert_eq!(received, Ok(values.snapshot()));\n"
        )
    });
}

/// Writes a function for each struct whose value the test needs.
fn values(served: &[Served<'_>], functions: &Functions<'_>, out: &mut String) {
    let with_values = |block: &&Served<'_>| block.content != Content::MethodsOnly;
    let own = served.iter().filter(with_values);
    let mut waiting: Vec<&str> = own.map(|block| &*block.written.structure.name).collect();
    let methods = served.iter().flat_map(|block| &block.methods);
    let embedded = methods.flat_map(|method| &method.written.parameters);
    waiting.extend(embedded.filter_map(|field| field.sample.embeds.as_deref()));
    let mut needed = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let Some((_, written)) = functions.get(name) else {
            continue;
        };
        if needed.insert(name) {
            let fields = written.fields.iter();
            waiting.extend(fields.filter_map(|field| field.sample.embeds.as_deref()));
        }
    }
    for name in needed {
        let Some((function, written)) = functions.get(name) else {
            continue;
        };
        let lifetime = if written.structure.borrows {
            "<'static>"
        } else {
            ""
        };
        let fields: Vec<&Field> = written.fields.iter().collect();
        out.push_str(&format!(
            "\n    fn {}() -> schema::{name}{lifetime} {{\n        {}\n    }}\n",
            ident(function),
            literal(&format!("schema::{name}"), &fields, functions, |_| true)
        ));
    }
    for method in served.iter().flat_map(|block| &block.methods) {
        if let Some(function) = &method.output {
            out.push_str(&format!(
                "\n    fn {}() -> {} {{\n        {}\n    }}\n",
                ident(function),
                method.output_type("'static"),
                parameters(method.written, "out", functions)
            ));
        }
    }
}

/// Returns a struct with values. `counts` says whether a [`Count`](wmi_core::Count) at this position
/// counts an array of the struct; otherwise it is a number.
fn literal(
    name: &str,
    fields: &[&Field],
    functions: &Functions<'_>,
    counts: impl Fn(&Field) -> bool,
) -> String {
    if fields.is_empty() {
        return name.to_string();
    }
    let class = |name: &str| match functions.get(name) {
        Some((function, _)) => format!("{}()", ident(function)),
        None => String::new(),
    };
    let values: Vec<_> = fields
        .iter()
        .map(|field| {
            let value = if field.ty.starts_with("Count<") && !counts(field) {
                "1".to_string()
            } else {
                field.sample.expression(class)
            };
            format!("{}: {value}", ident(&field.name))
        })
        .collect();
    // As `rustfmt` does.
    const LITERAL_WIDTH: usize = 18;
    let line = values.join(", ");
    if line.len() <= LITERAL_WIDTH {
        format!("{name} {{ {line} }}")
    } else {
        format!(
            "{name} {{\n            {},\n        }}",
            values.join(",\n            ")
        )
    }
}

/// Returns the parameters of a method that go `in` or `out`.
fn parameters(method: &method::Written, direction: &str, functions: &Functions<'_>) -> String {
    let fields: Vec<_> = method.going(direction).collect();
    let (name, suffix) = match direction {
        _ if fields.is_empty() => return "wmi_core::NoParameters".to_string(),
        "in" => (method.name(), "In"),
        _ => (method.name(), "Out"),
    };
    // In a direction without its arrays, a count is a number.
    let counts = |field: &Field| {
        fields.iter().any(|array| match array.sample.elements {
            Elements::Counted { by } => method.is_at(field, by),
            _ => false,
        })
    };
    literal(
        &format!("schema::{name}{suffix}"),
        &fields,
        functions,
        counts,
    )
}
