//! A policy as a text for people, in TOML: the language of the files that ship.

use toml::{Table, Value};

use super::{policy::Policy, policy_check::Mistake, policy_limits::MAX_TEXT};

/// The order in which a policy is written; what is not named here follows, each list of tables as blocks of its own.
const POLICY_KEYS: &[&str] = &["title", "same_person", "on_resubmit", "participants"];
const BLOCKS: &[&str] = &["facts", "steps", "branches"];
/// The order within a block; what is not named here follows.
const BLOCK_KEYS: &[&str] = &[
    "id",
    "name",
    "title",
    "type",
    "mode",
    "threshold",
    "service",
    "approvers",
    "condition",
    "checklist",
    "alternatives",
    "when",
    "default",
    "steps",
];
/// What goes without saying, and so is left out.
const DEFAULTS: &[(&str, &str)] = &[
    ("same_person", "\"KEEP\""),
    ("on_resubmit", "\"RESTART\""),
    ("empty_approver", "\"SUSPEND\""),
    ("weight", "1"),
];

/// Reads a policy. Whether it makes sense is for the checks to say.
///
/// # Errors
/// Where the text stops being one of a policy.
pub fn read(text: &str) -> Result<Policy, Mistake> {
    if text.len() > MAX_TEXT {
        return Err(Mistake {
            place: "the text".to_owned(),
            what: format!("it is longer than {MAX_TEXT} bytes"),
        });
    }
    toml::from_str(text).map_err(|error| Mistake {
        place: error
            .span()
            .map_or_else(|| "the text".to_owned(), |span| place(text, span.start)),
        what: error.message().to_owned(),
    })
}

fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Writes a policy. Reading it again gives the same policy.
///
/// # Errors
/// None but defects.
pub fn write(policy: &Policy) -> Result<String, toml::ser::Error> {
    let mut table = Table::try_from(policy)?;
    let mut blocks = Vec::new();
    for block in BLOCKS {
        if let Some(Value::Array(items)) = table.remove(*block) {
            blocks.push((*block, items));
        }
    }
    let mut text = String::new();
    entries(&table, POLICY_KEYS, &mut text);
    for (block, items) in blocks {
        for item in items {
            if let Value::Table(item) = item {
                text.push_str(&format!("\n[[{block}]]\n"));
                entries(&item, BLOCK_KEYS, &mut text);
            }
        }
    }
    Ok(text)
}

fn entries(table: &Table, order: &[&str], text: &mut String) {
    let first = order.iter().filter_map(|key| table.get_key_value(*key));
    let others = table.iter().filter(|(key, _)| !order.contains(&key.as_str()));
    for (key, value) in first.chain(others) {
        if !goes_without_saying(key, value) {
            text.push_str(&format!("{key} = {}\n", spelled(value)));
        }
    }
}

fn goes_without_saying(key: &str, value: &Value) -> bool {
    let empty = matches!(value, Value::Array(items) if items.is_empty());
    empty
        || DEFAULTS
            .iter()
            .any(|(default, is)| *default == key && value.to_string() == *is)
}

/// A value on one line; a list of several tables with a line for each.
fn spelled(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 1 && items.iter().all(Value::is_table) => {
            let lines: String = items
                .iter()
                .map(|item| format!("    {},\n", spelled(item)))
                .collect();
            format!("[\n{lines}]")
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(spelled).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let first = BLOCK_KEYS.iter().filter_map(|key| table.get_key_value(*key));
            let others = table
                .iter()
                .filter(|(key, _)| !BLOCK_KEYS.contains(&key.as_str()));
            let entries: Vec<_> = first
                .chain(others)
                .filter(|(key, value)| !goes_without_saying(key, value))
                .map(|(key, value)| format!("{key} = {}", spelled(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        single => single.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_has_its_line_and_column() {
        let mistake = |text: &str| read(text).expect_err(text);
        let found = mistake("title = \"审批\"\nsteps = [{ id = 1 }]\n");
        assert_eq!(found.place, "line 2, column 17", "{found:?}");
        assert_eq!(mistake("title = 'a'\ntitel = 'b'\n").place, "line 2, column 1");
        assert!(mistake("title = 'a'\ntitel = 'b'\n").what.contains("titel"));
    }

    #[test]
    fn hostile_texts_are_refused_at_once() {
        let start = std::time::Instant::now();
        for text in [
            "a = ".to_owned() + &"[".repeat(60_000),
            "a = ".to_owned() + &"{ a = ".repeat(10_000),
            "a.".repeat(30_000) + "a = 1",
            "[[steps]]\n".repeat(6_000),
            "x".repeat(100_000),
            "title = '".to_owned() + &"长".repeat(30_000) + "'",
        ] {
            assert!(read(&text).is_err());
        }
        assert!(
            start.elapsed() < std::time::Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = r#"title = '一 "quoted" # title'
on_resubmit = "CONTINUE"
participants = ["customers"]

[[facts]]
name = "amount"
type = "MONEY"

[[steps]]
id = "vote"
title = "Vote"
mode = "VOTE"
threshold = { ratio = { denominator = 3, numerator = 2 } }
approvers = [
    { post = "DIRECTOR", weight = 2 },
    { submitter_superior = true },
]
condition = 'amount > money("5", "CNY")'

[[branches]]
id = "size"
title = "By amount"
alternatives = [
    { id = "large", title = "Large", when = 'amount > money("9", "CNY")', steps = ["vote"] },
    { id = "other", title = "Other", default = true },
]
"#;
        let policy = read(text).unwrap();
        let written = write(&policy).unwrap();
        assert_eq!(written, text);
        assert_eq!(read(&written).unwrap(), policy);
    }
}
