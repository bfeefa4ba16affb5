//! Automatic steps: a service is asked in place of people. Its answer may come twice, late, or after the approval has moved on:
//! what no longer fits changes nothing.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Approval, AttentionReason, VisitState},
    audit::Action,
    participate::RefusalText,
    policy::Step,
    refusal::Refusal,
    state::{Event, State},
    work::{Call, Changes, Desk, Outcome, Work},
};

/// What the service found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The subject passes.
    Passed,
    /// It does not.
    Refused(RefusalText),
}

/// Whether a visit still waits for its service.
#[must_use]
pub fn awaits(approval: &Approval, visit: Uuid) -> bool {
    let open = approval
        .visit(visit)
        .is_some_and(|visit| visit.state == VisitState::Open);
    approval.state == State::Pending && open
}

/// Applies what a service found. `None` where it is not awaited any more.
///
/// # Errors
/// `Defect` where the answer lets steps start and their approvers were not looked up.
pub fn answer(
    approval: &mut Approval,
    desk: Desk<'_>,
    visit: Uuid,
    verdict: &Verdict,
) -> Result<Option<Changes>, Refusal> {
    if !awaits(approval, visit) {
        return Ok(None);
    }
    let event = match verdict {
        Verdict::Passed => Event::Approve,
        Verdict::Refused(_) => Event::Reject,
    };
    let mut work = Work::start(approval, desk, event)?;
    let Some(position) = work
        .approval
        .visits
        .iter()
        .position(|candidate| candidate.id == visit)
    else {
        return Ok(None);
    };
    if work.approval.attention_reason == Some(AttentionReason::ParticipantStuck) {
        work.clear_attention();
    }
    match verdict {
        Verdict::Passed => {
            work.approval.visits[position].trace.push("it passes".to_owned());
            work.end_visit(position, VisitState::Agreed);
            work.approval.step_position += 1;
            work.advance()?;
        }
        Verdict::Refused(text) => {
            let found = format!("it does not pass: {} ({})", text.message, text.reason);
            work.approval.visits[position].trace.push(found);
            work.end_visit(position, VisitState::Rejected);
            work.end_round(
                State::Rejected,
                Outcome::Rejected,
                Action::Rejected,
                &text.message,
            );
        }
    }
    Ok(Some(work.finish()))
}

impl Work<'_> {
    /// Asks the service of an automatic step.
    pub(super) fn start_check(&mut self, step: &Step, service: &str) {
        let trace = vec![format!("{service} is asked")];
        let visit = self.push_visit(step, VisitState::Open, Vec::new(), trace);
        self.log_visit(Action::StepStarted, visit, [("service", json!(service))]);
        self.changes.calls.push(Call::Check {
            service: service.to_owned(),
            visit: self.approval.visits[visit].id,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        fixture::{company, now, rulebook, submission},
        submit,
    };

    const CHECKED: &str = r#"
        title = "Checked"
        facts = [{ name = "amount", type = "MONEY" }]
        [[steps]]
        id = "overdue"
        title = "Nothing overdue"
        mode = "CHECK"
        service = "customers"
        [[steps]]
        id = "review"
        title = "Review"
        mode = "ANY"
        approvers = [{ post = "SUPERVISOR" }]
    "#;

    fn refused() -> Verdict {
        Verdict::Refused(RefusalText {
            reason: "ERROR_REASON_OVERDUE".into(),
            message: "Payments are overdue.".into(),
            message_zh: "有逾期款项。".into(),
        })
    }

    #[test]
    fn a_service_decides_once_and_people_after_it() {
        let (rulebook, ladders) = (rulebook(CHECKED), company());
        let desk = Desk {
            rulebook: &rulebook,
            ladders: Some(&ladders),
            working_times: None,
            deputies: None,
            now: now(),
        };
        let (mut approval, changes) = submit::open(submission(1), desk).unwrap();
        let visit = approval.visits[0].id;
        let call = Call::Check {
            service: "customers".into(),
            visit,
        };
        assert_eq!(changes.calls, [call]);
        assert!(approval.tasks.is_empty() && awaits(&approval, visit));

        answer(&mut approval, desk, visit, &Verdict::Passed)
            .unwrap()
            .unwrap();
        assert_eq!((approval.visits.len(), approval.tasks.len()), (2, 1));
        assert!(
            answer(&mut approval, desk, visit, &refused()).unwrap().is_none(),
            "too late"
        );
    }

    #[test]
    fn what_does_not_pass_is_rejected_with_the_reason() {
        let (rulebook, ladders) = (rulebook(CHECKED), company());
        let desk = Desk {
            rulebook: &rulebook,
            ladders: Some(&ladders),
            working_times: None,
            deputies: None,
            now: now(),
        };
        let (mut approval, _) = submit::open(submission(1), desk).unwrap();
        let visit = approval.visits[0].id;
        let changes = answer(&mut approval, desk, visit, &refused()).unwrap().unwrap();
        assert_eq!(changes.calls, [Call::Outcome(Outcome::Rejected)]);
        assert_eq!(approval.state, State::Rejected);
        assert_eq!(approval.outcome_comment, "Payments are overdue.");
    }
}
