//! The calls that moved an approval, by the traces they belong to: kept with it, so that its own trace can be linked to theirs when
//! it ends.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{approval::Approval, correspond::is_said, work::Changes};

/// How many are kept: the first, and the last of the others.
const MOST: usize = 64;
/// The length of a `traceparent` of the version that is in use.
const LENGTH: usize = 55;

/// A call that moved an approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The call's span, as W3C `traceparent`.
    pub traceparent: String,
    /// The task that it decided; `None` where it decided none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Uuid>,
}

/// Keeps which call made these changes.
pub fn record(approval: &mut Approval, changes: &Changes, traceparent: Option<&str>) {
    // What is only said would soon take the place of what was decided.
    if changes.log.iter().all(|entry| is_said(entry.action)) {
        return;
    }
    let Some(traceparent) = traceparent.filter(|traceparent| traceparent.len() == LENGTH) else {
        return;
    };
    let decided = changes.decisions.first().map(|decision| decision.task);
    let made = Move {
        traceparent: traceparent.to_owned(),
        task: decided,
    };
    if approval.moves.contains(&made) {
        return;
    }
    if approval.moves.len() == MOST {
        approval.moves.remove(1);
    }
    approval.moves.push(made);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture;

    #[test]
    fn the_first_and_the_last_are_kept_each_once() {
        let (mut approval, changes) = fixture::submitted();
        let traceparent = |number: usize| format!("00-{number:032x}-{:016x}-01", 1);
        for number in 1..=100 {
            record(&mut approval, &changes, Some(&traceparent(number)));
            record(&mut approval, &changes, Some(&traceparent(number)));
        }
        record(&mut approval, &changes, None);
        record(&mut approval, &changes, Some("00-short"));
        assert_eq!(approval.moves.len(), MOST);
        assert_eq!(approval.moves[0].traceparent, traceparent(1));
        assert_eq!(approval.moves[1].traceparent, traceparent(38));
        assert_eq!(approval.moves[MOST - 1].traceparent, traceparent(100));
    }
}
