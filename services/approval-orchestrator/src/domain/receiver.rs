//! Who may be asked besides those whom the policy finds. Separation of duties survives every hand-over: nobody decides what they
//! submitted, and nobody holds two places in a visit.

use uuid::Uuid;

use super::{
    approval::{Approval, Visit},
    refusal::Refusal,
    work::Work,
};

/// The most tasks of a visit: far more than any sign-off needs, and an end to passing one to and fro.
const MOST_TASKS: usize = 200;

/// Somebody who is to be asked, as the organisation knows them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The person.
    pub employee: Uuid,
    /// The person's name.
    pub display_name: String,
    /// Whether they are an active employee.
    pub active: bool,
}

impl Receiver {
    /// Checks that somebody may be asked at all about what somebody submitted.
    ///
    /// # Errors
    /// `ReceiverUnfit`.
    pub fn check_fit(&self, submitter: Uuid) -> Result<(), Refusal> {
        self.refuse(self.unfit(submitter))
    }

    fn refuse(&self, cause: Option<&'static str>) -> Result<(), Refusal> {
        cause.map_or(Ok(()), |cause| {
            Err(Refusal::ReceiverUnfit {
                employee: self.employee,
                cause,
            })
        })
    }

    fn unfit(&self, submitter: Uuid) -> Option<&'static str> {
        if !self.active {
            Some("INACTIVE")
        } else if self.employee == submitter {
            Some("SUBMITTER")
        } else {
            None
        }
    }
}

/// Why somebody may not be asked in a visit, as `cause` says; `None` where they may.
#[must_use]
pub fn obstacle(approval: &Approval, visit: &Visit, receiver: &Receiver) -> Option<&'static str> {
    let taken = || takes_part(approval, visit, receiver.employee).then_some("ALREADY_ASKED");
    receiver.unfit(approval.submitter).or_else(taken)
}

/// Whether somebody decides, or has decided or handed over, or is asked for an opinion in a visit.
pub(super) fn takes_part(approval: &Approval, visit: &Visit, employee: Uuid) -> bool {
    let mut asked = visit.approvers.iter();
    asked.any(|approver| approver.employee == employee) || gives_opinion(approval, visit, employee)
}

/// Whether somebody's opinion is awaited in a visit.
pub(super) fn gives_opinion(approval: &Approval, visit: &Visit, employee: Uuid) -> bool {
    approval.tasks.iter().any(|task| {
        task.visit == visit.id && task.state.is_live() && task.assignee == employee && !task.decides()
    })
}

impl Work<'_> {
    /// Checks that somebody may be asked in a visit.
    ///
    /// # Errors
    /// `ReceiverUnfit`, `LimitReached`.
    pub(super) fn check_receiver(&self, visit: usize, receiver: &Receiver) -> Result<(), Refusal> {
        receiver.refuse(obstacle(self.approval, &self.approval.visits[visit], receiver))?;
        self.check_task_room(visit)
    }

    /// Checks that there may be one more task in a visit.
    ///
    /// # Errors
    /// `LimitReached`.
    pub(super) fn check_task_room(&self, visit: usize) -> Result<(), Refusal> {
        let id = self.approval.visits[visit].id;
        let asked = self.approval.tasks.iter().filter(|task| task.visit == id).count();
        if asked >= MOST_TASKS {
            return Err(Refusal::LimitReached {
                limit: "TASKS",
                most: MOST_TASKS,
            });
        }
        Ok(())
    }
}
