//! `pgbench`'s scripts, made of templates: `{name}` stands for a value or for a piece that several statements share.

use std::collections::HashMap;

use anyhow::Context as _;

const CONTRACT: &str = include_str!("../../scripts/contract.sql");
const TASK: &str = include_str!("../../scripts/task.sql");
const LEASE: &str = include_str!("../../scripts/lease.sql");
const AUDIT: &str = include_str!("../../scripts/audit.sql");
const EVENTS: &str = include_str!("../../scripts/events.sql");

/// Values by name.
pub type Values = HashMap<&'static str, String>;

/// Replaces everything in braces.
///
/// # Errors
/// What is in braces and means nothing.
pub fn render(template: &str, values: &Values) -> anyhow::Result<String> {
    let mut script = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (inner, after) = after.split_once('}').context("an open brace in a script")?;
        script.push_str(before);
        script.push_str(&value(inner, values)?);
        rest = after;
    }
    script.push_str(rest);
    Ok(script)
}

fn value(inner: &str, values: &Values) -> anyhow::Result<String> {
    let words: Vec<&str> = inner.split_whitespace().collect();
    // A piece sees the values and its own arguments.
    let piece = |text: &str, arguments: &[(&'static str, String)]| {
        let mut own = values.clone();
        own.extend(arguments.iter().cloned());
        render(text.trim_end(), &own)
    };
    match words[..] {
        ["id"] => Ok(id("k", "")),
        [more] if more.starts_with("id+") => Ok(id("k", more.trim_start_matches("id"))),
        ["draft"] => Ok(id("draft", "")),
        ["contract"] => piece(CONTRACT, &[]),
        ["task", who] => piece(TASK, &[("assignee", known(who, values)?)]),
        ["lease", schema, number] => {
            let delivery = id("k", &format!("+{number}"));
            piece(LEASE, &[("schema", schema.to_owned()), ("delivery", delivery)])
        }
        ["audit", first, last] => piece(AUDIT, &[("first", first.to_owned()), ("last", last.to_owned())]),
        ["events", first, last] => piece(EVENTS, &[("first", first.to_owned()), ("last", last.to_owned())]),
        [name] => known(name, values),
        _ => anyhow::bail!("{{{inner}}} in a script means nothing"),
    }
}

fn known(name: &str, values: &Values) -> anyhow::Result<String> {
    values
        .get(name)
        .cloned()
        .with_context(|| format!("{{{name}}} in a script has no value"))
}

/// A UUID made of a number. `pgbench` can count, and nothing more.
fn id(variable: &str, offset: &str) -> String {
    format!("lpad(to_hex(:{variable}::bigint{offset}), 32, '0')::uuid")
}

#[cfg(test)]
mod tests {
    use super::{Values, render};

    #[test]
    fn values_ids_and_pieces_take_the_place_of_braces() {
        let values = Values::from([("owner", "x".to_owned()), ("manager", "m".to_owned())]);
        let id = "lpad(to_hex(:k::bigint), 32, '0')::uuid";
        assert_eq!(
            render("SELECT '{owner}', {id};", &values).expect("rendered"),
            format!("SELECT 'x', {id};")
        );
        let second = "lpad(to_hex(:k::bigint+2), 32, '0')::uuid";
        assert_eq!(render("{id+2}", &values).expect("rendered"), second);
        let task = render("{task manager};", &values).expect("rendered");
        assert!(
            task.contains("assignee = 'm'") && task.contains(id) && !task.contains('{'),
            "{task}"
        );
        let lease = render("{lease approval 2};", &values).expect("rendered");
        assert!(
            lease.contains("approval.outbox") && lease.contains(second),
            "{lease}"
        );
    }

    #[test]
    fn what_means_nothing_is_an_error() {
        assert!(render("{nobody}", &Values::new()).is_err());
        assert!(render("{two words}", &Values::new()).is_err());
        assert!(render("{", &Values::new()).is_err());
    }
}
