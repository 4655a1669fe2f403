//! [`facts`]: the parts of a class that matter to WMI and drivers, to compare two spellings.

use super::{Array, Class, Method, Property, Qualifier, Value};

/// Qualifiers with text for people.
const TEXTS: [&str; 5] = [
    "bitvalues",
    "cpp_quote",
    "description",
    "displayname",
    "values",
];

/// Qualifiers whose texts WMI compares without case.
const WITHOUT_CASE: [&str; 3] = ["guid", "provider", "wmisizeis"];

/// Lists a class as lines: one for the class, and one for each property, method and parameter.
/// Names are kept as spelled; the rest is normalised. Qualifiers with text for people and those
/// named in `ignored`, in lower case, are left out; the others are sorted by name.
#[must_use]
pub fn facts(class: &Class, ignored: &[&str]) -> String {
    let lister = Lister { ignored };
    let mut lines = vec![lister.class(class)];
    lines.extend(
        class
            .properties
            .iter()
            .map(|item| format!("  {}", lister.item(item))),
    );
    for method in &class.methods {
        lines.push(format!("  {}", lister.method(method)));
        let parameters = method.parameters.iter();
        lines.extend(parameters.map(|parameter| format!("    {}", lister.item(parameter))));
    }
    lines.join("\n")
}

struct Lister<'a> {
    ignored: &'a [&'a str],
}

impl Lister<'_> {
    fn class(&self, class: &Class) -> String {
        let base = class.base.as_deref().unwrap_or("none").to_lowercase();
        let qualifiers = self.qualifiers(&class.qualifiers);
        format!("class {} : {base} [{qualifiers}]", class.name)
    }

    fn item(&self, item: &Property) -> String {
        let length = match item.array {
            Array::No => String::new(),
            Array::Fixed(length) => format!("[{length}]"),
            Array::Open => match maximum(item) {
                // `[MAX(4)] T x[]` is how WMI stores `T x[4]`.
                Some(length) => format!("[{length}]"),
                None => "[]".to_owned(),
            },
        };
        let qualifiers = self.qualifiers(&item.qualifiers);
        let type_name = item.type_name.to_lowercase();
        format!("{type_name} {}{length} [{qualifiers}]", item.name)
    }

    fn method(&self, method: &Method) -> String {
        let qualifiers = self.qualifiers(&method.qualifiers);
        let type_name = method.type_name.to_lowercase();
        format!("{type_name} {}() [{qualifiers}]", method.name)
    }

    fn qualifiers(&self, qualifiers: &[Qualifier]) -> String {
        let mut listed: Vec<_> = qualifiers
            .iter()
            .map(|qualifier| (qualifier.name.to_lowercase(), &qualifier.value))
            .filter(|(name, _)| {
                let name = name.as_str();
                name != "max" && !TEXTS.contains(&name) && !self.ignored.contains(&name)
            })
            .map(|(name, value)| match value {
                Value::Boolean(true) => name,
                Value::Text(text) if WITHOUT_CASE.contains(&name.as_str()) => {
                    let text = text.trim_matches(['{', '}']).to_lowercase();
                    format!("{name}({text})")
                }
                value => format!("{name}({})", plain(value)),
            })
            .collect();
        listed.sort_unstable();
        listed.join(", ")
    }
}

fn maximum(item: &Property) -> Option<i64> {
    item.qualifiers
        .iter()
        .find(|qualifier| qualifier.name.eq_ignore_ascii_case("max"))
        .and_then(|qualifier| match qualifier.value {
            Value::Number(length) => Some(length),
            _ => None,
        })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Boolean(on) => on.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) | Value::Name(text) => text.clone(),
        Value::Many(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::super::classes;
    use super::facts;

    #[test]
    fn spelling_does_not_matter() {
        let source = r#"
            [WMI, Provider("WmiProv"), Dynamic, GUID("AB"), Description("x") : amended]
            class A : BASE { [read, Key] String InstanceName; [MAX(4), WmiDataId(1)] UINT8 B[];
                [WmiDataId(2), WmiSizeIs("c"), Special] string D[];
                [Implemented] void E([in, ID(0)] uint8 F[2]); };"#;
        let [class] = &classes(source)[..] else {
            panic!("one class");
        };
        let expected = "\
class A : base [dynamic, guid(ab), provider(wmiprov), wmi]
  string InstanceName [key, read]
  uint8 B[4] [wmidataid(1)]
  string D[] [wmidataid(2), wmisizeis(c)]
  void E() [implemented]
    uint8 F[2] [id(0), in]";
        assert_eq!(facts(class, &["special"]), expected);
    }
}
