//! `pgbench`'s scripts, made of templates: `{name}` stands for a value or for a piece that several statements share.

use std::collections::HashMap;

use anyhow::Context as _;

const DESK: &str = include_str!("../../scripts/desk.sql");
const CONTRACT: &str = include_str!("../../scripts/contract.sql");
const TASK: &str = include_str!("../../scripts/task.sql");
const LEASE: &str = include_str!("../../scripts/lease.sql");
const DELIVERED: &str = include_str!("../../scripts/delivered.sql");
const AUDIT: &str = include_str!("../../scripts/audit.sql");
const EVENTS: &str = include_str!("../../scripts/events.sql");

/// What a piece was given, by name.
type Arguments<'a> = HashMap<&'static str, &'a str>;

/// A script.
///
/// # Errors
/// What is in braces and means nothing.
pub fn script(template: &str) -> anyhow::Result<String> {
    render(template, &Arguments::new())
}

/// Replaces everything in braces.
fn render(template: &str, arguments: &Arguments<'_>) -> anyhow::Result<String> {
    let mut script = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (inner, after) = after.split_once('}').context("an open brace in a script")?;
        script.push_str(before);
        script.push_str(&value(inner, arguments)?);
        rest = after;
    }
    script.push_str(rest);
    Ok(script)
}

fn value(inner: &str, arguments: &Arguments<'_>) -> anyhow::Result<String> {
    let words: Vec<&str> = inner.split_whitespace().collect();
    // Pieces have no end of line where a statement goes on behind them.
    let piece = |text: &str, arguments: &[(&'static str, &str)]| {
        render(text.trim_end(), &arguments.iter().copied().collect())
    };
    match words[..] {
        ["id"] => Ok(id("k", "")),
        [more] if more.starts_with("id+") => Ok(id("k", more.trim_start_matches("id"))),
        ["draft"] => Ok(id("draft", "")),
        ["desk"] => piece(DESK, &[]),
        ["contract"] => piece(CONTRACT, &[]),
        ["task", assignee] => piece(TASK, &[("assignee", assignee)]),
        [of_relay @ ("lease" | "delivered"), schema, number] => {
            let text = if of_relay == "lease" { LEASE } else { DELIVERED };
            let delivery = id("k", &format!("+{number}"));
            piece(text, &[("schema", schema), ("delivery", &delivery)])
        }
        ["audit", first, last] => piece(AUDIT, &[("first", first), ("last", last)]),
        ["events", first, last] => piece(EVENTS, &[("first", first), ("last", last)]),
        _ => {
            let argument = arguments.get(inner).copied().map(str::to_owned);
            argument.with_context(|| format!("{{{inner}}} in a script means nothing"))
        }
    }
}

/// A UUID made of a number. `pgbench` can count, and nothing more.
fn id(variable: &str, offset: &str) -> String {
    format!("lpad(to_hex(:{variable}::bigint{offset}), 32, '0')::uuid")
}

#[cfg(test)]
mod tests {
    use super::script;

    #[test]
    fn ids_and_pieces_take_the_place_of_braces() {
        let id = "lpad(to_hex(:k::bigint), 32, '0')::uuid";
        assert_eq!(script("SELECT {id};").expect("a script"), format!("SELECT {id};"));
        let third = "lpad(to_hex(:k::bigint+2), 32, '0')::uuid";
        assert_eq!(script("{id+2}").expect("a script"), third);
        let task = script("{task manager};").expect("a script");
        assert!(
            task.contains("assignee = :manager") && task.contains(id) && !task.contains('{'),
            "{task}"
        );
        let lease = script("{lease approval 2};").expect("a script");
        assert!(
            lease.contains("approval.outbox") && lease.contains(third),
            "{lease}"
        );
    }

    #[test]
    fn what_means_nothing_is_an_error() {
        for template in ["{nobody}", "{two words}", "{"] {
            assert!(script(template).is_err(), "{template}");
        }
    }
}
