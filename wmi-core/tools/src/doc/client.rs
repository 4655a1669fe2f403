//! Lines for a client of a class, ready to copy. Owns their wording in each language.
//!
//! Sources: "CimCmdlets" in the PowerShell documentation, "WQL" and "Describing an Instance Object
//! Path" in the WMI documentation, `System.Management` of .NET, and the packages `wmi` of Python and
//! of Rust.

use core::fmt::Write;

use maud::{Markup, html};
use wmi_core::schema::{Array, CimType, Class, Method, Property};

use super::class::is_writable;
use super::driver;
use super::index::{Entry, Group, Index};
use crate::classes::is_name;
use crate::cooking::ClassCounters;
use crate::html::Shown;

/// The title of the part of a Rust client, of which the generator owns the text.
const RUST_METHODS: &str =
    "Rust, for the methods; cargo wmi client --rust writes the same for all classes";

/// The lines for all languages, of classes with instances.
pub(super) fn lines(index: &Index<'_>, entry: &Entry<'_>) -> Markup {
    let namespace = index.namespace(entry);
    let class = entry.class;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '\\');
    // What is copied into a shell must not hold more than names.
    let is_safe = is_name(class.name) && namespace.chars().all(is_plain);
    if !entry.kind.has_instances() || !is_safe {
        return Markup::default();
    }
    let client = Client {
        namespace,
        class,
        counters: entry.counters.as_ref(),
        is_event: entry.group == Group::Events,
        is_writable: is_writable(entry),
    };
    html! {
        details {
            summary { "Lines for clients" }
            @for (language, text) in [
                ("PowerShell", client.powershell()),
                ("WQL, for wbemtest", client.wql()),
                ("C#", client.csharp()),
                ("Python", client.python()),
                ("Rust", client.rust()),
                (RUST_METHODS, index.rust(entry).unwrap_or_default().to_owned()),
                ("INF, for the rights", driver::inf(core::iter::once(entry))),
            ] {
                @if !text.is_empty() {
                    h4.language { (language) }
                    pre.copy tabindex="0" { code { (Shown(text.trim_end())) } }
                }
            }
        }
    }
}

struct Client<'c> {
    namespace: &'c str,
    class: &'c Class<'c>,
    counters: Option<&'c ClassCounters<'c>>,
    is_event: bool,
    is_writable: bool,
}

impl Client<'_> {
    fn wql(&self) -> String {
        format!("SELECT * FROM {}", self.class.name)
    }

    fn powershell(&self) -> String {
        let space = self.namespace.replace('\\', "/");
        let class = self.class.name;
        let mut text = String::new();
        let mut line = |what: core::fmt::Arguments<'_>| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{what}");
        };
        if self.is_event {
            line(format_args!(
                "Register-CimIndicationEvent -Namespace {space} -ClassName {class} `\n    \
                 -SourceIdentifier {class} `\n    \
                 -Action {{ $Event.SourceEventArgs.NewEvent | Format-List | Out-Host }}\n\
                 Unregister-Event -SourceIdentifier {class}"
            ));
            return text;
        }
        line(format_args!(
            "Get-CimInstance -Namespace {space} -ClassName {class}"
        ));
        let settable = self.settable();
        let methods = self.class.methods;
        if self.is_writable && !settable.is_empty() || !methods.is_empty() {
            line(format_args!(
                "$instance = Get-CimInstance -Namespace {space} -ClassName {class} | \
                 Select-Object -First 1"
            ));
        }
        if self.is_writable && !settable.is_empty() {
            line(format_args!(
                "Set-CimInstance -InputObject $instance -Property @{{ {} }}",
                settable.join("; ")
            ));
        }
        for method in self.methods() {
            let inputs = method.inputs();
            let inputs: Vec<_> = inputs.filter_map(|(_, item)| assignment(item)).collect();
            let arguments = match inputs.is_empty() {
                true => String::new(),
                false => format!(" -Arguments @{{ {} }}", inputs.join("; ")),
            };
            line(format_args!(
                "Invoke-CimMethod -InputObject $instance -MethodName {}{arguments}",
                method.name
            ));
        }
        let paths = self.counters.map(|it| counter_paths(self.class, it));
        let is_line = |path: &&String| !path.contains(char::is_control);
        if let Some(path) = paths.iter().flatten().next().filter(is_line) {
            line(format_args!(
                "Get-Counter '{}' -SampleInterval 1 -MaxSamples 5",
                path.replace('\'', "''")
            ));
        }
        text
    }

    /// Returns the methods with names that a shell may see.
    fn methods(&self) -> impl Iterator<Item = &Method<'_>> {
        let methods = self.class.methods.iter();
        methods.filter(|method| is_name(method.name))
    }

    /// Returns an assignment for each item that can be set.
    fn settable(&self) -> Vec<String> {
        let items = self.class.properties.iter();
        let items = items.filter(|item| item.data_id().is_some() && item.qualifiers.flag("write"));
        items.filter_map(assignment).collect()
    }

    fn csharp(&self) -> String {
        let Self {
            namespace, class, ..
        } = self;
        let class = class.name;
        if self.is_event {
            return format!(
                "using System.Management;\n\
                 var watcher = new ManagementEventWatcher(\n    \
                 new ManagementScope(@\"\\\\.\\{namespace}\"), \
                 new EventQuery(\"SELECT * FROM {class}\"));\n\
                 Console.WriteLine(watcher.WaitForNextEvent().GetText(TextFormat.Mof));"
            );
        }
        let calls = self.methods().map(|method| {
            let name = method.name;
            let inputs = method.inputs().filter_map(|(_, item)| csharp_input(item));
            let inputs: String = inputs.collect();
            if inputs.is_empty() {
                return format!("    instance.InvokeMethod(\"{name}\", null, null);\n");
            }
            format!(
                "    using (var inputs = instance.GetMethodParameters(\"{name}\")) {{\n\
                 {inputs}        instance.InvokeMethod(\"{name}\", inputs, null);\n    }}\n"
            )
        });
        let calls: Vec<_> = calls.collect();
        format!(
            "using System.Management;\n\
             var query = new ManagementObjectSearcher(\n    \
             @\"\\\\.\\{namespace}\", \"SELECT * FROM {class}\");\n\
             foreach (ManagementObject instance in query.Get()) {{\n    \
             Console.WriteLine(instance.GetText(TextFormat.Mof));\n{}}}",
            calls.join("")
        )
    }

    fn python(&self) -> String {
        let space = self.namespace.replace('\\', "/");
        let class = self.class.name;
        let mut text = format!("import wmi\nspace = wmi.WMI(namespace=\"{space}\")\n");
        let _ = match self.is_event {
            true => writeln!(text, "print(space.{class}.watch_for()())"),
            false => writeln!(
                text,
                "for instance in space.{class}():\n    print(instance)"
            ),
        };
        for method in self.methods() {
            let inputs = method.inputs().map(|(_, item)| item);
            let inputs = inputs.filter(|item| is_name(item.name));
            let inputs: Vec<_> = inputs.map(|item| format!("{}=None", item.name)).collect();
            let _ = writeln!(text, "    instance.{}({})", method.name, inputs.join(", "));
        }
        text
    }

    fn rust(&self) -> String {
        let namespace = self.namespace;
        let class = self.class.name;
        let row = "HashMap<String, Variant>";
        let get = match self.is_event {
            true => format!(
                "for event in space.raw_notification::<{row}>(\"SELECT * FROM {class}\")? {{\n    \
                 println!(\"{{:#?}}\", event?);\n}}"
            ),
            false => format!("let rows: Vec<{row}> = space.raw_query(\"SELECT * FROM {class}\")?;"),
        };
        format!(
            "use std::collections::HashMap;\n\
             use wmi::{{Variant, WMIConnection}};\n\
             let space = WMIConnection::with_namespace_path(r\"{namespace}\")?;\n{get}"
        )
    }
}

/// Returns the paths of the counters in PerfMon, of all instances: `\Object(*)\Counter`.
///
/// Source: "Specifying a Counter Path", Win32 documentation.
pub(super) fn counter_paths(class: &Class<'_>, counters: &ClassCounters<'_>) -> Vec<String> {
    let Some(object) = class.qualifiers.text("DisplayName") else {
        return Vec::new();
    };
    let counters = counters.counters().iter();
    let shown = counters.filter(|counter| !counter.counter_type.is_base());
    let names = shown.filter_map(|it| it.property.qualifiers.text("DisplayName"));
    names.map(|name| format!(r"\{object}(*)\{name}")).collect()
}

/// Returns the line of C# that sets an input; none if its name is not one that source may hold.
fn csharp_input(item: &Property<'_>) -> Option<String> {
    if !is_name(item.name) {
        return None;
    }
    let value = match item.cim_type {
        _ if item.dimension() != Array::Scalar => "null",
        CimType::Object | CimType::Reference => "null",
        CimType::Boolean => "true",
        CimType::String => "\"\"",
        CimType::Datetime => "ManagementDateTimeConverter.ToDmtfDateTime(DateTime.Now)",
        CimType::Char16 => "'A'",
        _ => "0",
    };
    Some(format!("        inputs[\"{}\"] = {value};\n", item.name))
}

/// Returns `Name = [type]value` for PowerShell, where the value is one to replace.
fn assignment(item: &Property<'_>) -> Option<String> {
    if !is_name(item.name) {
        return None;
    }
    let (cast, value) = match item.cim_type {
        CimType::Boolean => ("bool", "$true"),
        CimType::String => ("string", "''"),
        CimType::Datetime => ("datetime", "(Get-Date)"),
        CimType::Object | CimType::Reference => ("ciminstance", "$null"),
        CimType::Char16 => ("char", "'A'"),
        CimType::Sint8 => ("sbyte", "0"),
        CimType::Uint8 => ("byte", "0"),
        CimType::Sint16 => ("int16", "0"),
        CimType::Uint16 => ("uint16", "0"),
        CimType::Sint32 => ("int32", "0"),
        CimType::Uint32 => ("uint32", "0"),
        CimType::Sint64 => ("int64", "0"),
        CimType::Uint64 => ("uint64", "0"),
        CimType::Real32 => ("single", "0"),
        CimType::Real64 => ("double", "0"),
    };
    Some(match item.dimension() {
        Array::Scalar => format!("{} = [{cast}]{value}", item.name),
        _ => format!("{} = [{cast}[]]@({value})", item.name),
    })
}
