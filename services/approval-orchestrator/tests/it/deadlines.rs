//! Deadlines: reckoned when a step starts, shown, and acted on once when they pass.

use jiff::{SignedDuration, Timestamp};
use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        Approver, AuditEntry, Deadline, Decision, ExpiryAction, FactDeclaration, FactType,
        ListAuditEntriesRequest, Outcome, PolicyVersion, PublishPolicyVersionRequest, RetryApprovalRequest,
        Step, StepMode, approval::State, approver::Selector, attention::Reason, audit_entry::Action,
        deadline::Length, policy_service_client::PolicyServiceClient, task,
    },
    events::v1::{ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
};
use salient_values::timestamp;
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::house::{House, id};

fn deadline(length: Length, on_expiry: ExpiryAction) -> Deadline {
    Deadline {
        length: Some(length),
        calendar: "calendars/china".to_owned(),
        on_expiry: on_expiry.into(),
        ..Default::default()
    }
}

pub fn hours(hours: i32, on_expiry: ExpiryAction) -> Deadline {
    deadline(Length::WorkingHours(hours), on_expiry)
}

/// The supervisor, then the manager, each with this deadline.
pub fn policy(deadline: &Deadline) -> PolicyVersion {
    let step = |id: &str, post: Post| Step {
        id: id.to_owned(),
        title: id.to_owned(),
        mode: StepMode::Any.into(),
        approvers: vec![Approver {
            selector: Some(Selector::Post(post.into())),
            weight: 0,
        }],
        deadline: Some(deadline.clone()),
        ..Default::default()
    };
    let mut approval = step("approval", Post::RegionalManager);
    approval.return_targets = vec!["review".to_owned()];
    PolicyVersion {
        title: "合同审批".to_owned(),
        facts: vec![FactDeclaration {
            name: "amount".to_owned(),
            r#type: FactType::Money.into(),
        }],
        steps: vec![step("review", Post::Supervisor), approval],
        ..Default::default()
    }
}

async fn publish(house: &House, policy: PolicyVersion) -> Result<PolicyVersion, Status> {
    let request = PublishPolicyVersionRequest {
        parent: "policies/contract".to_owned(),
        policy_version: Some(policy),
        validate_only: false,
        request_id: id(),
    };
    PolicyServiceClient::new(house.service.channel_as(&house.admin))
        .publish_policy_version(request)
        .await
        .map(tonic::Response::into_inner)
}

impl House {
    /// A company whose contracts are signed off with this deadline at each step.
    pub async fn open_with_deadline(deadline: &Deadline) -> Self {
        let house = Self::open().await;
        publish(&house, policy(deadline)).await.unwrap();
        house
    }

    fn pass(&self, hours: i64) {
        self.clock.shift(SignedDuration::from_hours(hours));
    }

    async fn history(&self, approval: &str) -> Vec<AuditEntry> {
        let request = ListAuditEntriesRequest {
            parent: approval.to_owned(),
            ..Default::default()
        };
        self.approvals(&self.admin)
            .list_audit_entries(request)
            .await
            .unwrap()
            .into_inner()
            .audit_entries
    }

    /// How often something stands in an approval's history.
    async fn times(&self, approval: &str, action: Action) -> usize {
        let history = self.history(approval).await;
        history.iter().filter(|entry| entry.action() == action).count()
    }

    /// Waits until it stands there so often.
    async fn until_times(&self, approval: &str, action: Action, times: usize) {
        let start = std::time::Instant::now();
        while self.times(approval, action).await != times {
            assert!(
                start.elapsed() < std::time::Duration::from_secs(20),
                "{action:?}: {}",
                self.times(approval, action).await
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}

fn instant(time: Option<&prost_types::Timestamp>) -> Timestamp {
    timestamp::from_proto(time.unwrap()).unwrap()
}

/// So long that every replica has looked at its clock.
async fn a_look() {
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
}

#[tokio::test]
async fn a_deadline_is_reckoned_when_a_step_starts_and_shown() {
    let house = House::open_with_deadline(&deadline(Length::WorkingDays(2), ExpiryAction::Remind)).await;
    let (approval, task) = house.submit_for_review().await;
    let (start, due) = (
        instant(task.create_time.as_ref()),
        instant(task.due_time.as_ref()),
    );
    let length = due.duration_since(start);
    let days = SignedDuration::from_hours(48);
    assert!(
        days <= length && length <= days + SignedDuration::from_mins(1),
        "from the next full minute on: {length}"
    );
    assert!(!task.overdue);
    let visit = house.approval(&approval).await.visits.remove(0);
    assert_eq!(
        (visit.due_time, visit.calendar_version.as_str()),
        (task.due_time, "calendars/china/versions/7")
    );
    // Returned to, the step starts anew.
    house.approve(&house.zhang, &task).await.unwrap();
    let second = house.task_of(&house.wang, &approval).await;
    house.pass(5);
    house.return_to(&house.wang, &second, "review").await.unwrap();
    let again = house.task_of(&house.zhang, &approval).await;
    assert!(
        instant(again.due_time.as_ref()) >= due + SignedDuration::from_hours(5),
        "a new deadline"
    );
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn what_starts_within_a_minute_asks_the_calendar_once() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Remind)).await;
    let before = house.calendars.calls();
    for _ in 0..5 {
        house.submit().await;
    }
    // Twice where a minute ends in between.
    assert!(
        house.calendars.calls() - before <= 2,
        "{}",
        house.calendars.calls()
    );
}

#[tokio::test]
async fn reminders_come_once_each_whatever_the_clock_does() {
    let house = House::open_with_deadline(&Deadline {
        remind_before: 2,
        repeat_every: 4,
        repeat_times: 1,
        ..hours(8, ExpiryAction::Remind)
    })
    .await;
    let (approval, _) = house.submit_for_review().await;
    let reminded = Action::TaskReminded;
    house.pass(5);
    a_look().await;
    assert_eq!(house.times(&approval, reminded).await, 0);
    house.pass(2);
    house.until_times(&approval, reminded, 1).await;
    // Backwards, and there again.
    house.pass(-3);
    a_look().await;
    house.pass(3);
    a_look().await;
    assert_eq!(house.times(&approval, reminded).await, 1);
    // Far ahead: the deadline, and four hours after it was noticed once more, then never again.
    house.pass(40);
    house.until_times(&approval, reminded, 2).await;
    house.pass(5);
    house.until_times(&approval, reminded, 3).await;
    house.pass(500);
    a_look().await;
    assert_eq!(house.times(&approval, reminded).await, 3);
    let task = house.task_of(&house.zhang, &approval).await;
    house.approve(&house.zhang, &task).await.unwrap();
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn a_decision_on_expiry_is_the_clocks_and_says_so() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Reject)).await;
    let (approval, task) = house.submit_for_review().await;
    house.pass(9);
    let rejected = house.until(&approval, State::Rejected).await;
    assert!(rejected.outcome_comment.contains("The deadline passed"));
    let task_now = &rejected.visits[0].tasks[0];
    assert_eq!(
        (&task_now.name, task_now.state()),
        (&task.name, task::State::Rejected)
    );
    let decision: &Decision = task_now.decision.as_ref().unwrap();
    assert!(decision.on_expiry && decision.decide_time.is_some());
    let history = house.history(&approval).await;
    let expired = history
        .iter()
        .position(|entry| entry.action() == Action::TaskExpired)
        .unwrap();
    assert_eq!(history[expired].actor, "services/approval-orchestrator");
    assert!(
        history[expired].origin.contains("timers"),
        "{}",
        history[expired].origin
    );
    assert_eq!(history[expired + 1].action(), Action::TaskRejected);
    house.heard(&approval, &[Outcome::Rejected]).await;
    let late = house.approve(&house.zhang, &task).await.unwrap_err();
    assert_eq!(crate::errors::reason(&late), "ERROR_REASON_TASK_CLOSED");
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn an_approval_on_expiry_goes_on_to_the_next_step() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Approve)).await;
    let (approval, _) = house.submit_for_review().await;
    house.pass(9);
    let task = house.task_of(&house.wang, &approval).await;
    assert_eq!(task.step, "approval");
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    house.heard(&approval, &[Outcome::Approved]).await;
}

#[tokio::test]
async fn superiors_are_asked_in_the_place_of_who_is_late() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Escalate)).await;
    let (approval, task) = house.submit_for_review().await;
    house.pass(9);
    let escalated = house.task_of(&house.wang, &approval).await;
    assert_eq!(escalated.step, "review");
    assert_eq!(
        house.inbox(&house.zhang, "").await.len(),
        1,
        "kept, as the policy says"
    );
    let visit = house.approval(&approval).await.visits.remove(0);
    assert_eq!(visit.approvers[1].stands_for, [house.zhang.name()]);
    house.approve(&house.wang, &escalated).await.unwrap();
    let late = house.approve(&house.zhang, &task).await.unwrap_err();
    assert_eq!(crate::errors::reason(&late), "ERROR_REASON_TASK_CLOSED");
    let second = house.task_of(&house.wang, &approval).await;
    assert_eq!(second.step, "approval");
    // Nobody stands above the manager.
    house.pass(9);
    let stuck = house
        .until_that(&approval, |approval| approval.attention.is_some())
        .await;
    assert_eq!(stuck.attention.unwrap().reason(), Reason::NoSuperior);
    house.approve(&house.wang, &second).await.unwrap();
    house.until(&approval, State::Approved).await;
    assert!(house.verify(&approval).await.intact);
    let mut feed = EventFeedServiceClient::new(house.service.channel_as(&house.admin));
    let request = ListEventsRequest {
        parent: "services/approval-orchestrator".to_owned(),
        ..Default::default()
    };
    let start = std::time::Instant::now();
    loop {
        let events = feed
            .list_events(request.clone())
            .await
            .unwrap()
            .into_inner()
            .events;
        let told = |name: &str| events.iter().any(|event| event.r#type.ends_with(name));
        if told("TaskEscalated") && told("TaskReminded") && told("ApprovalDecided") {
            return;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{events:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn others_are_asked_where_the_policy_transfers() {
    let manager = Approver {
        selector: Some(Selector::Post(Post::RegionalManager.into())),
        weight: 0,
    };
    let house = House::open_with_deadline(&Deadline {
        transfer_to: Some(manager),
        ..hours(8, ExpiryAction::Transfer)
    })
    .await;
    let (approval, task) = house.submit_for_review().await;
    house.pass(9);
    let transferred = house.task_of(&house.wang, &approval).await;
    assert_eq!(transferred.step, "review");
    let late = house.approve(&house.zhang, &task).await.unwrap_err();
    assert_eq!(crate::errors::reason(&late), "ERROR_REASON_TASK_CLOSED");
    house.approve(&house.wang, &transferred).await.unwrap();
    let second = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &second).await.unwrap();
    house.until(&approval, State::Approved).await;
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn a_task_that_is_late_says_so_also_when_it_was_decided() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Remind)).await;
    house.calendars.pass(true);
    let (approval, task) = house.submit_for_review().await;
    assert!(task.overdue, "{task:?}");
    house.until_times(&approval, Action::TaskReminded, 1).await;
    assert!(house.inbox(&house.zhang, "").await[0].overdue);
    let decided = house.approve(&house.zhang, &task).await.unwrap();
    assert!(decided.overdue);
}

#[tokio::test]
async fn a_calendar_without_an_answer_keeps_nobody_waiting_and_shows() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Reject)).await;
    house.calendars.silence(true);
    let (approval, task) = house.submit_for_review().await;
    assert_eq!(task.due_time, None);
    let attention = house.approval(&approval).await.attention.unwrap();
    assert_eq!(attention.reason(), Reason::DeadlineUnknown);
    assert!(
        attention.detail.contains("nothing is said"),
        "{}",
        attention.detail
    );
    house.calendars.silence(false);
    // What it said is kept for the minute.
    house.clock.shift(SignedDuration::from_mins(2));
    let retry = RetryApprovalRequest {
        name: approval.clone(),
        request_id: id(),
    };
    let retried = house.approvals(&house.admin).retry_approval(retry).await.unwrap();
    assert_eq!(retried.into_inner().attention, None);
    let task = house.task_of(&house.zhang, &approval).await;
    assert!(task.due_time.is_some() && !task.overdue);
    house.pass(9);
    house.until(&approval, State::Rejected).await;
}

#[tokio::test]
async fn a_deadline_that_cannot_be_kept_is_not_published() {
    let house = House::open().await;
    let checked = |deadline: Deadline, checklist: bool| {
        let mut policy = policy(&deadline);
        policy.steps.truncate(1);
        if checklist {
            policy.steps[0].checklist = vec![salient_proto::approval::v1::ChecklistItem {
                id: "risk".to_owned(),
                title: "Risk".to_owned(),
            }];
        }
        publish(&house, policy)
    };
    let place = |refused: Result<PolicyVersion, Status>| {
        let refused = refused.unwrap_err();
        let details = refused.get_error_details();
        details.bad_request().unwrap().field_violations[0].field.clone()
    };
    let at = "policy_version.steps[0].deadline";
    for (deadline, checklist, expected) in [
        (hours(0, ExpiryAction::Remind), false, ".working_hours"),
        (
            deadline(Length::WorkingDays(251), ExpiryAction::Remind),
            false,
            ".working_days",
        ),
        (
            Deadline {
                remind_before: 8,
                ..hours(8, ExpiryAction::Remind)
            },
            false,
            ".remind_before",
        ),
        (
            Deadline {
                repeat_times: 1,
                ..hours(8, ExpiryAction::Remind)
            },
            false,
            ".repeat.every",
        ),
        (hours(8, ExpiryAction::Approve), true, ".on_expiry"),
        (
            Deadline {
                calendar: "calendars/mars".to_owned(),
                ..hours(8, ExpiryAction::Remind)
            },
            false,
            ".calendar",
        ),
    ] {
        let refused = checked(deadline, checklist).await;
        assert_eq!(place(refused), format!("{at}{expected}"));
    }
    checked(hours(8, ExpiryAction::Remind), true).await.unwrap();
}
