//! The contract's facts that `buf breaking` does not see, kept in a file that reviewers read: each method's HTTP rule, access
//! rule and mutation flag, and each field's validation rules.
//!
//! `UPDATE_GOLDEN=1 cargo test -p salient-tests golden` writes the files anew.

use std::{fmt::Write as _, fs, path::PathBuf};

use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor, Value};
use salient_proto::POOL;

#[test]
fn methods_are_as_the_golden_file_says() {
    let mut text = String::new();
    for method in suite_services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        writeln!(text, "{}", describe_method(&method)).unwrap();
    }
    assert_golden("methods.txt", &text);
}

#[test]
fn field_rules_are_as_the_golden_file_says() {
    let mut text = String::new();
    let mut messages: Vec<_> = POOL
        .all_messages()
        .filter(|message| message.full_name().starts_with("salient."))
        .collect();
    messages.sort_by(|one, other| one.full_name().cmp(other.full_name()));
    for message in messages {
        describe_fields(&message, &mut text);
    }
    assert_golden("field_rules.txt", &text);
}

#[test]
fn every_unary_method_for_people_has_an_http_rule() {
    for method in suite_services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let streams = method.is_client_streaming() || method.is_server_streaming();
        let rule = option(&method.options(), "salient.access.v1.rule").unwrap_or_default();
        let for_people = rule.contains("grants") || rule.contains("any_employee");
        if for_people && !streams {
            let http = option(&method.options(), "google.api.http");
            assert!(
                http.is_some(),
                "{} has no google.api.http rule",
                method.full_name()
            );
        }
    }
}

fn suite_services() -> impl Iterator<Item = prost_reflect::ServiceDescriptor> {
    POOL.services()
        .filter(|service| service.full_name().starts_with("salient."))
}

fn describe_method(method: &MethodDescriptor) -> String {
    let stream = |streams: bool| if streams { "stream " } else { "" };
    let options = method.options();
    format!(
        "{}({}{}) -> {}{}\n  http   {}\n  access {}",
        method.full_name(),
        stream(method.is_client_streaming()),
        method.input().name(),
        stream(method.is_server_streaming()),
        method.output().name(),
        option(&options, "google.api.http").unwrap_or_else(|| "none".into()),
        option(&options, "salient.access.v1.rule").unwrap_or_else(|| "none".into()),
    )
}

fn describe_fields(message: &MessageDescriptor, text: &mut String) {
    for field in message.fields() {
        if let Some(rules) = option(&field.options(), "buf.validate.field") {
            writeln!(text, "{}  {rules}", field.full_name()).unwrap();
        }
    }
}

/// An option's value in text format; `None` where it is not set.
fn option(options: &DynamicMessage, name: &str) -> Option<String> {
    let extension = POOL.get_extension_by_name(name).expect("the option exists");
    options
        .has_extension(&extension)
        .then(|| match &*options.get_extension(&extension) {
            Value::Message(value) => value.to_text_format(),
            other => format!("{other:?}"),
        })
}

fn assert_golden(file: &str, actual: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected != actual {
        let difference = expected
            .lines()
            .zip(actual.lines())
            .find(|(expected, actual)| expected != actual)
            .map_or_else(
                || "one file is longer".to_owned(),
                |(e, a)| format!("expected: {e}\nactual:   {a}"),
            );
        panic!(
            "{file} differs; first difference:\n{difference}\nIf it is meant, run with UPDATE_GOLDEN=1 and review the diff."
        );
    }
}
