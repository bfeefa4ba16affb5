//! The order of a list (AIP-132): `due_date desc, number`.

use salient_failure::Failure;

use crate::refused::refused;

/// The field of the request that an order stands in.
const FIELD: &str = "order_by";
/// The longest order, in bytes.
const LONGEST: usize = 500;

/// Which way a field orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

/// The fields to order by, each out of those allowed and none twice; the default for a blank text.
///
/// # Errors
/// FILTER_INVALID, with the position.
pub fn parse(
    text: &str,
    allowed: &[&'static str],
    default: &[(&'static str, Direction)],
) -> Result<Vec<(&'static str, Direction)>, Failure> {
    if text.trim().is_empty() {
        return Ok(default.to_vec());
    }
    if text.len() > LONGEST {
        return Err(refused(FIELD, text, 0, "the order is too long"));
    }
    let mut order: Vec<(&'static str, Direction)> = Vec::new();
    let mut start = 0;
    for part in text.split(',') {
        let at = start + part.len() - part.trim_start().len();
        start += part.len() + 1;
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let Some(field) = allowed.iter().find(|field| **field == name) else {
            let why = format!(
                "{name:?} is not a field to order by; these are: {}",
                allowed.join(", ")
            );
            return Err(refused(FIELD, text, at, &why));
        };
        let direction = match (words.next(), words.next()) {
            (None, _) | (Some("asc"), None) => Direction::Ascending,
            (Some("desc"), None) => Direction::Descending,
            _ => {
                return Err(refused(
                    FIELD,
                    text,
                    at,
                    "after a field comes `desc`, `,` or nothing",
                ));
            }
        };
        if order.iter().any(|(known, _)| known == field) {
            return Err(refused(FIELD, text, at, &format!("{name} comes twice")));
        }
        order.push((field, direction));
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::{
        Direction::{Ascending, Descending},
        *,
    };

    const ALLOWED: [&str; 3] = ["number", "due_date", "customer.name"];

    fn order(text: &str) -> Result<Vec<(&'static str, Direction)>, Failure> {
        parse(text, &ALLOWED, &[("number", Descending)])
    }

    #[test]
    fn fields_order_one_after_the_other() {
        for (text, expected) in [
            ("", &[("number", Descending)][..]),
            ("  ", &[("number", Descending)]),
            ("number", &[("number", Ascending)]),
            (
                "due_date desc,number",
                &[("due_date", Descending), ("number", Ascending)],
            ),
            (
                " customer.name  asc , due_date desc ",
                &[("customer.name", Ascending), ("due_date", Descending)],
            ),
        ] {
            assert_eq!(order(text).expect(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_order_is_refused_where_it_stands() {
        for (text, position, why) in [
            (
                "size",
                0,
                "\"size\" is not a field to order by; these are: number, due_date",
            ),
            ("number, 金额", 8, "\"金额\" is not a field"),
            ("number,", 7, "\"\" is not a field"),
            ("number DESC", 0, "after a field comes `desc`"),
            ("due_date desc desc", 0, "after a field comes `desc`"),
            ("number, due_date, number desc", 18, "number comes twice"),
        ] {
            let failure = order(text).expect_err(text);
            assert_eq!(failure.reason(), "ERROR_REASON_FILTER_INVALID");
            let told = failure.to_string();
            assert!(told.contains(&format!("position={position} ")), "{told}");
            assert!(told.contains(why), "{told}");
        }
        assert!(order(&"number,".repeat(100)).is_err());
    }
}
