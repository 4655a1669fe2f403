//! `cargo wmi counters`: shows what the performance tools make of each counter.

use core::fmt::Write;

use clap::Args;
use serde::Serialize;
use wmi_core::TimeBase;
use wmi_core::schema::Class;
use wmi_tools::check::{Finding, Rule, check};
use wmi_tools::cooking::{ClassCounter, ClassCounters};
use wmi_tools::{Arena, Classes};

use crate::failure::{Failure, Result};
use crate::input::{self, Input, Schema, Texts};
use crate::output::Output;
use crate::style::{FAINT, HEADING, printable};

const EXAMPLES: &str = "\
Examples:
  cargo wmi counters driver.mof
  cargo wmi counters driver.mof driver_de.mfl --language MS_407
  cargo wmi counters driver.sys --class MSiSCSI_MMIPSECStats
  cargo wmi counters driver.bmf --json | jq '.[].counters[].formula'";

/// Show what PerfMon makes of each counter
///
/// For each counter: its type, the base that it is divided by, the formula in words, the unit, and
/// what `cargo wmi check` finds. Classes without counters are left out.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Counters {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    /// Show only this class; may be given several times
    #[arg(long = "class", value_name = "NAME")]
    classes: Vec<String>,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
}

/// The counters of a class.
#[derive(Serialize)]
struct Shown<'a> {
    class: &'a str,
    guid: Option<String>,
    counters: Vec<Counter<'a>>,
    /// What is found of the class as a whole.
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Counter<'a> {
    id: Option<u32>,
    name: &'a str,
    /// The name by which tools show it.
    shown: &'a str,
    /// The counter type by its name in `winperf.h`.
    #[serde(rename = "type")]
    type_name: Option<&'static str>,
    value: u32,
    /// The item that it is divided by.
    base: Option<&'a str>,
    /// Whether its type needs a base, and it has none.
    #[serde(skip)]
    lacks_base: bool,
    formula: &'static str,
    /// What stands behind the value.
    unit: Option<&'static str>,
    /// The clock that the formula reads.
    time: Option<&'static str>,
    samples: u8,
    scale: i32,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    rule: &'static str,
    severity: String,
    message: String,
}

impl Counters {
    pub(crate) fn run(self) -> Result {
        let arena = Arena::new();
        let mut schema = self.input.read(&arena)?;
        schema.classes()?;
        self.texts.merge(&mut schema, &arena)?;
        let classes = Classes::from(&schema.file);
        if let Some(name) = self.classes.iter().find(|name| classes.get(name).is_none()) {
            return Err(schema.fault(format_args!("it has no class `{name}`")));
        }
        let (shown, failed) = self.shown(&schema, &classes);
        if failed && (self.json || self.output.file().is_some()) {
            return Err(Failure::Findings);
        }
        if self.json {
            self.output.json(&shown)?;
        } else {
            self.output.styled(&text(&shown))?;
        }
        if shown.is_empty() {
            input::note(format_args!("no class has counters"));
        }
        if failed {
            return Err(Failure::Findings);
        }
        Ok(())
    }

    /// Returns the classes with counters, and whether some class has no layout. Prints an error for
    /// each such class.
    fn shown<'a>(&self, schema: &Schema<'a>, classes: &Classes<'a>) -> (Vec<Shown<'a>>, bool) {
        let findings = check(&schema.file);
        let is_wanted = |class: &Class<'_>| {
            let is = |name: &String| class.name.eq_ignore_ascii_case(name);
            self.classes.is_empty() || self.classes.iter().any(is)
        };
        let mut shown = Vec::new();
        let mut failed = false;
        for (class, known) in classes.with_namespaces() {
            if !is_wanted(class) {
                continue;
            }
            match ClassCounters::of(class, &known) {
                Ok(counters) if counters.counters().is_empty() => {}
                Ok(counters) => shown.push(Shown {
                    class: class.name,
                    guid: class.guid().map(|guid| guid.to_string()),
                    counters: counters
                        .counters()
                        .iter()
                        .map(|counter| Counter::new(class, counter, &findings))
                        .collect(),
                    findings: found(class, None, &findings),
                }),
                Err(why) => {
                    failed = true;
                    input::error(schema.fault(why));
                }
            }
        }
        (shown, failed)
    }
}

impl<'a> Counter<'a> {
    fn new(class: &Class<'a>, counter: &ClassCounter<'a>, findings: &[Finding<'_>]) -> Self {
        let counter_type = counter.counter_type;
        let time = counter_type.time_base().map(|time| match time {
            TimeBase::PerformanceCounter => "performance counter",
            TimeBase::SystemTime => "system time, 100 ns",
            TimeBase::Object => "time of the object",
        });
        Self {
            id: counter.property.data_id(),
            name: counter.property.name,
            shown: counter.name(),
            type_name: counter_type.name(),
            value: counter_type.value(),
            base: counter.base.map(|base| base.name),
            lacks_base: counter.lacks_base(),
            formula: counter_type.formula().in_words(),
            unit: Some(counter_type.suffix().text()).filter(|unit| !unit.is_empty()),
            time,
            samples: if counter_type.needs_two_samples() {
                2
            } else {
                1
            },
            scale: counter.scale(),
            findings: found(class, Some(counter.property.name), findings),
        }
    }
}

/// Returns the findings of an item, or of a class as far as its counters are concerned.
fn found(class: &Class<'_>, member: Option<&str>, findings: &[Finding<'_>]) -> Vec<Found> {
    let is_about_counters = |rule: Rule| {
        matches!(
            rule,
            Rule::PerfBase
                | Rule::PerfDetail
                | Rule::MissingHiPerf
                | Rule::MissingPerfDetail
                | Rule::NoCounter
                | Rule::GeneratedPerf
                | Rule::CounterName
                | Rule::Namespace
        )
    };
    findings
        .iter()
        .filter(|finding| finding.class == class.name && finding.member == member)
        .filter(|finding| member.is_some() || is_about_counters(finding.rule))
        .map(|finding| Found {
            rule: finding.rule.id(),
            severity: finding.severity().to_string(),
            message: finding.message.clone(),
        })
        .collect()
}

fn text(classes: &[Shown<'_>]) -> String {
    let mut text = String::new();
    for (index, class) in classes.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{HEADING}{}{HEADING:#}  {FAINT}{}{FAINT:#}",
            printable(class.class),
            class.guid.as_deref().unwrap_or("no GUID")
        );
        lines_of_findings(&mut text, "  ", &class.findings);
        for counter in &class.counters {
            text.push('\n');
            lines_of_counter(&mut text, counter);
        }
    }
    text
}

fn lines_of_counter(text: &mut String, counter: &Counter<'_>) {
    let type_name = match counter.type_name {
        Some(name) => name.to_owned(),
        None => format!("{} (unknown)", counter.value),
    };
    let shown = match counter.shown == counter.name {
        true => String::new(),
        false => format!(", shown as \"{}\"", printable(counter.shown)),
    };
    let _ = writeln!(text, "  {}{shown}", printable(counter.name));
    let mut line = |head: &str, value: &str| {
        let _ = writeln!(text, "    {head:8} {value}");
    };
    line("type", &type_name);
    match counter.base {
        Some(base) => line("base", &printable(base)),
        None if counter.lacks_base => line("base", "missing"),
        None => {}
    }
    line("shows", counter.formula);
    if let Some(unit) = counter.unit {
        line("unit", unit);
    }
    if let Some(time) = counter.time {
        line("time", time);
    }
    if counter.scale != 0 {
        line("graph", &format!("times 10 to the {}", counter.scale));
    }
    lines_of_findings(text, "    ", &counter.findings);
}

fn lines_of_findings(text: &mut String, indent: &str, findings: &[Found]) {
    for found in findings {
        let message = printable(&found.message);
        let _ = writeln!(
            text,
            "{indent}{}: {message} [{}]",
            found.severity, found.rule
        );
    }
}
