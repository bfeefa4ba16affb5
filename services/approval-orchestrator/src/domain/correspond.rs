//! What is said around an approval besides decisions: its submitter urges, it is copied to people, people comment.
//!
//! None of it moves the approval; all of it is in its history.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    approval::{Approval, TaskState},
    audit::Action,
    refusal::Refusal,
    state::State,
    work::{Changes, Desk, Work},
};

/// How long an approval that was urged is left alone.
pub const URGE_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How many people an approval is copied to at most.
pub const MOST_COPIES: usize = 200;
/// How many comments an approval takes at most.
pub const MOST_COMMENTS: usize = 500;

/// What an approval remembers of it; what was said is in the history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correspondence {
    /// When it was urged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urge_time: Option<Timestamp>,
    /// Whom it was copied to, each once, in that order. They may see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Uuid>,
    /// How many comments it has.
    #[serde(default)]
    pub comments: usize,
}

impl Correspondence {
    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Copies that are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCopies {
    /// To whom.
    pub recipients: Vec<Uuid>,
    /// By whom.
    pub copier: Uuid,
    /// What is said with them.
    pub comment: String,
}

/// Asks those who have a pending task to hurry.
///
/// # Errors
/// `NobodyToUrge` unless people are asked; `UrgedRecently`.
pub fn urge(approval: &mut Approval, desk: Desk<'_>, comment: &str) -> Result<Changes, Refusal> {
    let asked = approval
        .tasks
        .iter()
        .filter(|task| task.state == TaskState::Pending)
        .map(|task| task.assignee);
    let assignees = each_once(asked);
    if approval.state != State::Pending || assignees.is_empty() {
        return Err(Refusal::NobodyToUrge {
            approval: approval.id,
            state: approval.state,
        });
    }
    if let Some(last) = approval.correspondence.urge_time {
        let passed = desk.now.duration_since(last);
        if passed < URGE_PAUSE {
            return Err(Refusal::UrgedRecently {
                approval: approval.id,
                // Also where the clock was put back: nobody waits longer than anybody ever has to.
                wait: (URGE_PAUSE - passed).min(URGE_PAUSE),
            });
        }
    }
    approval.correspondence.urge_time = Some(desk.now);
    let mut work = Work::unchecked(approval, desk);
    let details = [("assignees", names(&assignees)), ("comment", json!(comment))];
    work.log(Action::Urged, details);
    Ok(work.finish())
}

/// Copies an approval to those who do not have it yet. `None` where all of them do.
///
/// # Errors
/// `TooManyCopies`.
pub fn copy(approval: &mut Approval, desk: Desk<'_>, copies: &NewCopies) -> Result<Option<Changes>, Refusal> {
    let before = &approval.correspondence.recipients;
    let wanted = copies.recipients.iter().copied();
    let recipients = each_once(wanted.filter(|recipient| !before.contains(recipient)));
    if recipients.is_empty() {
        return Ok(None);
    }
    if before.len() + recipients.len() > MOST_COPIES {
        return Err(Refusal::TooManyCopies {
            approval: approval.id,
        });
    }
    approval.correspondence.recipients.extend(&recipients);
    let mut work = Work::unchecked(approval, desk);
    let details = [
        ("recipients", names(&recipients)),
        ("comment", json!(copies.comment)),
    ];
    work.log(Action::Copied, details);
    work.changes.copies = Some(NewCopies {
        recipients,
        ..copies.clone()
    });
    Ok(Some(work.finish()))
}

/// Says something about an approval.
///
/// # Errors
/// `TooManyComments`.
pub fn comment(approval: &mut Approval, desk: Desk<'_>, comment: &str) -> Result<Changes, Refusal> {
    if approval.correspondence.comments >= MOST_COMMENTS {
        return Err(Refusal::TooManyComments {
            approval: approval.id,
        });
    }
    approval.correspondence.comments += 1;
    let mut work = Work::unchecked(approval, desk);
    work.log(Action::Commented, [("comment", json!(comment))]);
    Ok(work.finish())
}

/// Whether something that happened is only said, and moves nothing.
#[must_use]
pub const fn is_said(action: Action) -> bool {
    matches!(action, Action::Urged | Action::Copied | Action::Commented)
}

fn each_once(people: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut each = Vec::new();
    for person in people {
        if !each.contains(&person) {
            each.push(person);
        }
    }
    each
}

fn names(people: &[Uuid]) -> Value {
    people
        .iter()
        .map(|person| json!(format!("employees/{person}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{fixture, rulebook::Rulebook};

    fn desk(rulebook: &Rulebook, minutes: i64) -> Desk<'_> {
        Desk {
            rulebook,
            ladders: None,
            working_times: None,
            deputies: None,
            now: fixture::now() + SignedDuration::from_mins(minutes),
        }
    }

    fn person(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn copies(recipients: impl IntoIterator<Item = u128>) -> NewCopies {
        NewCopies {
            recipients: recipients.into_iter().map(person).collect(),
            copier: fixture::SUBMITTER,
            comment: "请知悉".into(),
        }
    }

    fn details(changes: &Changes) -> Value {
        Value::Object(changes.log[0].details.clone())
    }

    #[test]
    fn an_approval_is_urged_once_in_half_an_hour_whatever_the_clock_does() {
        let rulebook = fixture::rulebook(fixture::TWO_STEPS);
        let (mut approval, _) = fixture::submitted();
        let before = approval.clone();
        let urged = urge(&mut approval, desk(&rulebook, 0), "在线等").unwrap();
        let expected = json!({"assignees": [format!("employees/{}", person(2))], "comment": "在线等"});
        assert_eq!((urged.log[0].action, details(&urged)), (Action::Urged, expected));
        for (minutes, wait) in [(0, 30), (29, 1), (-90, 30)] {
            assert_eq!(
                urge(&mut approval, desk(&rulebook, minutes), "").unwrap_err(),
                Refusal::UrgedRecently {
                    approval: approval.id,
                    wait: SignedDuration::from_mins(wait),
                },
                "after {minutes} minutes"
            );
        }
        urge(&mut approval, desk(&rulebook, 30), "").unwrap();
        assert_eq!(approval.tasks, before.tasks, "nothing moved");
    }

    #[test]
    fn where_nobody_is_asked_there_is_nobody_to_urge() {
        let rulebook = fixture::rulebook(fixture::TWO_STEPS);
        for state in State::ALL.into_iter().filter(|state| *state != State::Pending) {
            let (mut approval, _) = fixture::submitted();
            approval.state = state;
            let refused = urge(&mut approval, desk(&rulebook, 0), "").unwrap_err();
            assert!(matches!(refused, Refusal::NobodyToUrge { .. }), "{state:?}");
        }
        // An automatic step.
        let (mut approval, _) = fixture::submitted();
        approval.tasks.clear();
        let refused = urge(&mut approval, desk(&rulebook, 0), "").unwrap_err();
        assert!(matches!(refused, Refusal::NobodyToUrge { .. }));
    }

    #[test]
    fn everybody_has_one_copy_and_there_are_not_too_many() {
        let rulebook = fixture::rulebook(fixture::TWO_STEPS);
        let desk = desk(&rulebook, 0);
        let (mut approval, _) = fixture::submitted();
        let first = copy(&mut approval, desk, &copies([20, 21, 20])).unwrap().unwrap();
        assert_eq!(first.copies, Some(copies([20, 21])));
        let second = copy(&mut approval, desk, &copies([21, 22])).unwrap().unwrap();
        assert_eq!(second.copies, Some(copies([22])));
        let expected = json!({"recipients": [format!("employees/{}", person(22))], "comment": "请知悉"});
        assert_eq!(
            (second.log[0].action, details(&second)),
            (Action::Copied, expected)
        );
        assert!(copy(&mut approval, desk, &copies([20, 22])).unwrap().is_none());

        copy(&mut approval, desk, &copies(100..297)).unwrap().unwrap();
        assert_eq!(approval.correspondence.recipients.len(), MOST_COPIES);
        let refused = copy(&mut approval, desk, &copies([20, 400])).unwrap_err();
        assert!(matches!(refused, Refusal::TooManyCopies { .. }));
        assert!(
            copy(&mut approval, desk, &copies([20])).unwrap().is_none(),
            "a repeat is no copy more"
        );
    }

    #[test]
    fn comments_are_taken_in_every_state_until_there_are_too_many() {
        let rulebook = fixture::rulebook(fixture::TWO_STEPS);
        for state in State::ALL {
            let (mut approval, _) = fixture::submitted();
            approval.state = state;
            let said = comment(&mut approval, desk(&rulebook, 0), "已电话确认").unwrap();
            assert_eq!(details(&said), json!({"comment": "已电话确认"}));
            assert_eq!(approval.state, state);
        }
        let (mut approval, _) = fixture::submitted();
        approval.correspondence.comments = MOST_COMMENTS - 1;
        comment(&mut approval, desk(&rulebook, 0), "最后一条").unwrap();
        let refused = comment(&mut approval, desk(&rulebook, 0), "再一条").unwrap_err();
        assert!(matches!(refused, Refusal::TooManyComments { .. }));
    }

    #[test]
    fn approvals_of_before_read_as_before_and_write_nothing_new() {
        let (approval, _) = fixture::submitted();
        let written = serde_json::to_value(&approval).unwrap();
        assert!(written.get("correspondence").is_none());
        assert_eq!(serde_json::from_value::<Approval>(written).unwrap(), approval);
    }
}
