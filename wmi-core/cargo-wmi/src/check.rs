//! `cargo wmi check`: lists the rules that a schema breaks.

use core::fmt::Write;

use anstyle::Style;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use wmi_tools::Arena;
use wmi_tools::Severity;
use wmi_tools::check::{Finding, Rule, check};
use wmi_tools::mof::{Diagnostic, Span};

use crate::failure::{Failure, Result};
use crate::input::{self, Options, Schema, Texts, counted};
use crate::output::Output;
use crate::place::Place;
use crate::style::{ERROR, HEADING, WARNING, path, printable};

const EXAMPLES: &str = "\
Examples:
  cargo wmi check driver.mof
  cargo wmi check driver.sys --strict --allow sample-guid --allow event-base
  cargo wmi check driver.bmf --json | jq '.[].rule'
  cargo wmi check driver.mof driver.mfl
  cargo wmi check --list
  cargo wmi check --explain missing-guid

Exit status:
  0  no error was found
  1  an error was found, or with `--strict` a warning, or the input cannot be read as a schema
  2  wrong arguments, or a file cannot be read or written";

/// Check a schema against the rules for drivers
///
/// The rules are those that wmimofck and mofcomp -WMI check, and those that they let pass although
/// a violation breaks the C header, the driver or its clients. An error is always harmful; a
/// warning may be intended.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// Schema to check: MOF text, binary MOF, or an image or table that contains one; `-` for
    /// standard input. Several MOF texts, such as a neutral MOF and its MFLs, are read as one
    #[arg(value_name = "IN", required_unless_present_any = ["list", "explain"])]
    places: Vec<Place>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    texts: Texts,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Ignore violations of this rule, named as in findings; may be given several times
    #[arg(long, value_name = "RULE", hide_possible_values = true, value_parser = rules())]
    allow: Vec<String>,
    /// List all rules, and read no input
    #[arg(long, conflicts_with_all = ["places", "explain"])]
    list: bool,
    /// Explain a rule: the requirement, its reason, source and remedy, and an example of a
    /// violation
    #[arg(long, value_name = "RULE", hide_possible_values = true, value_parser = rules())]
    #[arg(conflicts_with = "places")]
    explain: Option<String>,
    /// Write JSON for scripts
    #[arg(long)]
    json: bool,
}

fn rules() -> PossibleValuesParser {
    PossibleValuesParser::new(Rule::ALL.iter().map(|rule| rule.id()))
}

/// A rule in JSON.
#[derive(Serialize)]
struct RuleEntry {
    rule: &'static str,
    severity: String,
    statement: &'static str,
    reason: &'static str,
    source: &'static str,
    remedy: &'static str,
    /// MOF text that breaks the rule.
    example: String,
}

impl RuleEntry {
    fn new(rule: Rule) -> Self {
        Self {
            rule: rule.id(),
            severity: rule.severity().to_string(),
            statement: rule.statement(),
            reason: rule.reason(),
            source: rule.source(),
            remedy: rule.remedy(),
            example: rule.example(),
        }
    }
}

/// A finding in JSON.
#[derive(Serialize)]
struct Entry<'a> {
    rule: &'static str,
    severity: String,
    class: &'a str,
    member: Option<&'a str>,
    parameter: Option<&'a str>,
    message: &'a str,
    /// The location in a text.
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
}

impl Check {
    pub(crate) fn run(self) -> Result {
        let rules = Rule::ALL.iter();
        if self.list && self.json {
            let rules: Vec<_> = rules.map(|rule| RuleEntry::new(*rule)).collect();
            return self.output.json(&rules);
        }
        if self.list {
            let width = rules.clone().map(|rule| rule.id().len()).max();
            let width = width.unwrap_or_default();
            let lines: String = rules.map(|rule| listed(*rule, width)).collect();
            return self.output.styled(&lines);
        }
        if let Some(id) = &self.explain {
            if self.json {
                let mut rules = rules.filter(|rule| rule.id() == id);
                return self
                    .output
                    .json(&rules.next().map(|rule| RuleEntry::new(*rule)));
            }
            let text: String = rules
                .filter(|rule| rule.id() == id)
                .map(|rule| explained(*rule))
                .collect();
            return self.output.styled(&text);
        }
        let arena = Arena::new();
        let mut schema = self.options.read(&self.places, &arena)?;
        self.texts.merge(&mut schema, &arena)?;
        let classes = schema.classes()?.into_iter();
        let classes = classes.filter(|class| !class.is_amendment()).count();
        let mut findings = check(&schema.file);
        findings.retain(|finding| !self.allow.iter().any(|rule| rule == finding.rule.id()));
        if self.json {
            let entries: Vec<_> = findings
                .iter()
                .map(|finding| entry(&schema, finding))
                .collect();
            self.output.json(&entries)?;
        } else {
            let text: String = findings
                .iter()
                .map(|finding| shown(&schema, finding))
                .collect();
            self.output.styled(&text)?;
        }
        let errors = findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Error);
        let errors = errors.count();
        let warnings = findings.len().saturating_sub(errors);
        input::note(format_args!(
            "{} and {} in {}",
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
            counted(classes, "class", "classes")
        ));
        if errors > 0 || (self.strict && warnings > 0) {
            return Err(Failure::Findings);
        }
        Ok(())
    }
}

/// Formats a line of the list.
fn listed(rule: Rule, width: usize) -> String {
    let style = style(rule.severity());
    format!(
        "{style}{:7}{style:#}  {:width$}  {}\n",
        rule.severity(),
        rule.id(),
        rule.statement()
    )
}

/// Formats the explanation of a rule.
fn explained(rule: Rule) -> String {
    let style = style(rule.severity());
    let mut text = format!(
        "{HEADING}{}{HEADING:#} ({style}{}{style:#})\n\n{}\n{}\n\n",
        rule.id(),
        rule.severity(),
        rule.statement(),
        rule.reason()
    );
    // Writing to a `String` cannot fail.
    let _ = write!(
        text,
        "Source: {}\nRemedy: {}\n\nThis breaks the rule:\n\n",
        rule.source(),
        rule.remedy()
    );
    for line in rule.example().lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    }
}

/// Returns the location of a finding, if the schema is a text.
fn span(schema: &Schema<'_>, finding: &Finding<'_>) -> Option<Span> {
    schema
        .reading
        .as_ref()?
        .location(finding.class, finding.member)
}

fn entry<'f>(schema: &'f Schema<'_>, finding: &'f Finding<'_>) -> Entry<'f> {
    let sources = schema.reading.as_ref().map(|reading| &reading.sources);
    let place = span(schema, finding).zip(sources);
    let position = place.map(|(span, sources)| sources.line_and_column(span));
    let source = place.and_then(|(span, sources)| sources.get(span.source()));
    Entry {
        rule: finding.rule.id(),
        severity: finding.severity().to_string(),
        class: finding.class,
        member: finding.member,
        parameter: finding.parameter,
        message: &finding.message,
        file: source.map(|source| source.name),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
    }
}

/// Formats a finding with its source lines, like errors in MOF text.
pub(crate) fn shown(schema: &Schema<'_>, finding: &Finding<'_>) -> String {
    let path = path(finding.class, finding.member, finding.parameter);
    let message = format!("`{path}`: {} [{}]", finding.message, finding.rule);
    let severity = finding.severity();
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = match (&schema.reading, span(schema, finding)) {
        (Some(reading), Some(span)) => {
            let diagnostic = Diagnostic::new(severity, span, message);
            writeln!(text, "{}\n", reading.sources.render_styled(&diagnostic))
        }
        _ => {
            let style = style(severity);
            writeln!(text, "{style}{severity}{style:#}: {}", printable(&message))
        }
    };
    text
}
