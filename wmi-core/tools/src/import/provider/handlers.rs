//! Writes the handlers: queries and sets of a block, and its methods.

use super::super::name::ident;
use super::served::{Content, Served, ServedMethod};
use crate::layout::Elements;

pub(super) fn handlers(block: &Served<'_>, out: &mut String) {
    let (ty, field) = (block.ty(), ident(&block.field));
    match block.content {
        Content::Fixed => {
            out.push_str(&format!(
                "\nimpl Handle<{ty}> for Device {{\n    \
                 fn query(&self) -> Result<{ty}, NtStatus> {{\n"
            ));
            if block.store.is_some() {
                query_stored("load()", block, out);
                set_stored(&format!("&Wire<{ty}>"), &field, out);
            } else if block.settable.is_empty() {
                out.push_str(&format!(
                    "        // TODO: read the values from the device.\n        \
                     let values = self.{field}.clone();\n        \
                     values.ok_or(NtStatus::NOT_IMPLEMENTED)\n    }}\n"
                ));
            } else {
                query_settable(block, out);
                set_settable(block, out);
            }
            out.push_str("}\n");
        }
        Content::Variable => {
            out.push_str(&format!(
                "\nimpl HandleVariable<{ty}> for Device {{\n    \
                 fn query(&self, reply: Reply<'_, {ty}>) -> Result<Sent, NtStatus> {{\n"
            ));
            if block.store.is_some() {
                let view = format!("schema::{}View<'_>", block.written.structure.name);
                query_stored("send(reply)", block, out);
                set_stored(&view, &field, out);
                out.push_str(
                    "\n    // TODO: add `set_item` if clients set single items. Without it, such \
                     sets are refused.\n",
                );
            } else {
                out.push_str(&format!(
                    "        // TODO: read the values from the device.\n        \
                     let values = self.{field}.as_ref();\n        \
                     reply.send(values.ok_or(NtStatus::NOT_IMPLEMENTED)?)\n    }}\n"
                ));
                if !block.settable_items().is_empty() {
                    out.push_str(
                        "\n    // TODO: add `set`; the values are too large for a copy on the stack. \
                         Without it, sets are\n    // refused.\n",
                    );
                }
            }
            out.push_str("}\n");
        }
        Content::Counters if block.stores_counters() => out.push_str(&format!(
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
    for stored in &block.settable {
        let Some(length) = stored.length else {
            continue;
        };
        let field = ident(&stored.field);
        let zero = match stored.atomic {
            "AtomicBool" => "false",
            _ => "0",
        };
        out.push_str(&format!(
            "        let mut {field} = [{zero}; {length}];\n        \
             for (value, stored) in {field}.iter_mut().zip(&self.{field}) {{\n            \
             *value = stored.load(Ordering::Relaxed);\n        }}\n"
        ));
    }
    if block.has_values() {
        out.push_str(&format!(
            "        // TODO: read the other values from the device.\n        \
             let values = self.{field}.clone();\n        \
             let values = values.ok_or(NtStatus::NOT_IMPLEMENTED)?;\n"
        ));
    }
    out.push_str(&format!("        Ok({ty} {{\n"));
    for stored in &block.settable {
        let (item, field) = (ident(&stored.item.name), ident(&stored.field));
        out.push_str(&match stored.length {
            Some(_) => format!("            {item}: {field},\n"),
            None => format!("            {item}: self.{field}.load(Ordering::Relaxed),\n"),
        });
    }
    if block.has_values() {
        out.push_str("            ..values\n");
    }
    out.push_str("        })\n    }\n");
}

fn set_settable(block: &Served<'_>, out: &mut String) {
    let ty = block.ty();
    out.push_str(&format!(
        "\n    fn set(&self, block: &Wire<{ty}>) -> Result<(), NtStatus> {{\n        {FILTER}"
    ));
    let mut atomics = block.settable.iter();
    let first = atomics.next();
    if atomics.next().is_some() || first.is_some_and(|stored| stored.length.is_some()) {
        out.push_str("        // Sets may run at the same time, and then mix their values.\n");
    }
    for stored in &block.settable {
        let constant = stored.item.name.to_uppercase();
        let field = ident(&stored.field);
        out.push_str(&match stored.length {
            Some(_) => format!(
                "        let values = block.get({ty}::{constant});\n        \
                 for (stored, value) in self.{field}.iter().zip(values) {{\n            \
                 stored.store(value, Ordering::Relaxed);\n        }}\n"
            ),
            None => format!(
                "        let value = block.get({ty}::{constant});\n        \
                 self.{field}.store(value, Ordering::Relaxed);\n"
            ),
        });
    }
    out.push_str("        Ok(())\n    }\n");
}

/// Writes the rest of a query that `call` answers.
fn query_stored(call: &str, block: &Served<'_>, out: &mut String) {
    if block.has_both() {
        out.push_str("        // TODO: read the items that clients cannot set from the device.\n");
    }
    out.push_str(&format!(
        "        self.{}.{call}\n    }}\n",
        ident(&block.field)
    ));
}

/// Writes the handler of sets, whose argument is of type `block`.
fn set_stored(block: &str, field: &str, out: &mut String) {
    out.push_str(&format!(
        "\n    fn set(&self, block: {block}) -> Result<(), NtStatus> {{\n        \
         {FILTER}        self.{field}.store(block)\n    }}\n"
    ));
}

const FILTER: &str =
    "// TODO: refuse values that the device cannot take, and pass it the others.\n";

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
        let is_class = parameter.sample.embeds().is_some();
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
