//! Writes the test of a provider: values that it puts in, and what it expects of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::DriverModel;
use super::super::class::Written;
use super::super::item::Field;
use super::super::meta::push_spaces;
use super::super::method;
use super::super::name::ident;
use super::served::{Content, Served, ServedMethod};
use crate::layout::Elements;

/// The functions that return the values of the structs, by the name of the struct.
pub(super) type Functions<'w> = BTreeMap<&'w str, (String, &'w Written)>;

pub(super) fn test(
    model: DriverModel,
    served: &[Served<'_>],
    functions: &Functions<'_>,
    out: &mut String,
) {
    let has = |wanted: fn(&Served<'_>) -> bool| served.iter().any(wanted);
    let is_event = |block: &Served<'_>| block.content == Content::Event;
    let has_events = has(is_event);
    let has_output =
        |block: &Served<'_>| block.methods.iter().any(|method| method.output.is_some());
    let has_variable =
        has(|block| block.content != Content::MethodsOnly && block.written.structure.borrows)
            || has(has_output);
    let has_refusals = has(|block| block.methods.iter().any(|method| method.output.is_none()));
    out.push_str("\n#[cfg(test)]\nmod tests {\n");
    if has_variable && !has(|block| block.tells_output_sizes()) {
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
            Content::Fixed if block.store.is_some() => format!("Stored::new(&{field}())"),
            Content::Variable if block.store.is_some() => {
                format!("StoredVariable::new(&{field}()).unwrap()")
            }
            Content::Fixed | Content::Variable => format!("Some({field}())"),
            Content::Event => "Event::new()".to_string(),
            Content::MethodsOnly => String::new(),
        };
        if block.has_values() {
            out.push_str(&format!("            {field}: {value},\n"));
        }
        for stored in &block.settable {
            let (item, own) = (ident(&stored.item.name), ident(&stored.field));
            let atomic = stored.atomic;
            out.push_str(&match stored.length {
                Some(_) => format!("            {own}: {field}().{item}.map({atomic}::new),\n"),
                None => format!("            {own}: {atomic}::new({field}().{item}),\n"),
            });
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
        out.push_str(&query(block));
        if block.content == Content::Event {
            event(block, out);
        }
        if block.takes_sets() {
            sets(block, functions, out);
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
fn sets(block: &Served<'_>, functions: &Functions<'_>, out: &mut String) {
    let (ty, function) = (block.ty(), ident(&block.field));
    let mut changes = String::new();
    let mut rest = MOST_CHANGES;
    change(
        "values",
        &block.settable_items(),
        functions,
        8,
        &mut rest,
        &mut changes,
    );
    let mutable = if changes.is_empty() { "" } else { "mut " };
    out.push_str(&format!(
        "        let {mutable}values = {function}();\n{changes}"
    ));
    out.push_str(&match block.content {
        Content::Variable => format!(
            "        wmi.set_variable(0, &values)?;\n        \
             let block = wmi.query_variable::<{ty}>(0)?;\n        \
             assert_eq!(block.as_bytes(), encoded(&values));\n"
        ),
        _ => format!(
            "        wmi.set(0, &values.snapshot())?;\n        \
             let block = wmi.query::<{ty}>(0)?;\n        \
             assert_eq!(block, values.snapshot());\n"
        ),
    });
}

/// The most fields that a test changes: classes within classes may have any number.
const MOST_CHANGES: usize = 100;

/// Writes statements that give other values to fields of the struct at `place`, to at most `rest`.
fn change(
    place: &str,
    fields: &[&Field],
    functions: &Functions<'_>,
    indent: usize,
    rest: &mut usize,
    out: &mut String,
) {
    for field in fields {
        let Some(fewer) = rest.checked_sub(1) else {
            return;
        };
        *rest = fewer;
        let place = format!("{place}.{}", ident(&field.name));
        let class = field.sample.embeds().and_then(|class| functions.get(class));
        let Some((function, class)) = class else {
            if let Some(other) = field.sample.other() {
                push_spaces(out, indent);
                out.push_str(&format!("{place} = {other};\n"));
            }
            continue;
        };
        let fields: Vec<_> = class.fields.iter().collect();
        match field.sample.elements {
            Elements::One => change(&place, &fields, functions, indent, rest, out),
            Elements::Fixed(length) => {
                let last = length.saturating_sub(1);
                let place = format!("{place}[{last}]");
                change(&place, &fields, functions, indent, rest, out);
            }
            Elements::Counted { .. } => {
                let function = ident(function);
                let inner = indent.saturating_add(4);
                let mut changes = String::new();
                change("element", &fields, functions, inner, rest, &mut changes);
                let mutable = if changes.is_empty() { "" } else { "mut " };
                let spaces = " ".repeat(indent);
                out.push_str(&format!(
                    "{spaces}{place} = {{\n{spaces}    \
                     let {mutable}element = {function}();\n{changes}{spaces}    \
                     vec![{function}(), element].leak()\n{spaces}}};\n"
                ));
            }
        }
    }
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
    waiting.extend(embedded.filter_map(|field| field.sample.embeds()));
    let mut needed = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let Some((_, written)) = functions.get(name) else {
            continue;
        };
        if needed.insert(name) {
            let fields = written.fields.iter();
            waiting.extend(fields.filter_map(|field| field.sample.embeds()));
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
