//! What people do with tasks besides deciding them, through gRPC.

use salient_operation::Post;
use salient_proto::approval::v1::{
    AddSignersRequest, ApproveTaskRequest, CancelApprovalRequest, DelegateTaskRequest, GetTaskRequest,
    Outcome, PreviewApprovalRequest, ReassignTaskRequest, RemoveSignerRequest, SignerPosition,
    TakeBackTaskRequest, Task, TransferTaskRequest, approval::State, approver::Selector, audit_entry::Action,
    decision::Answer, task::State as TaskState,
};
use salient_testkit::{Person, held};
use tonic::{Code, Status};

use crate::{
    deputies::week,
    errors::reason,
    house::{House, approve_request, id},
    policies::{policies, policy, publish},
};

impl House {
    async fn transfer(&self, from: &Person, task: &Task, to: &Person) -> Result<Task, Status> {
        let request = TransferTaskRequest {
            name: task.name.clone(),
            receiver: to.name(),
            comment: "出差，请代为审批".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        let answer = self.tasks(from).transfer_task(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn delegate(&self, from: &Person, task: &Task, to: &Person) -> Result<Task, Status> {
        let request = DelegateTaskRequest {
            name: task.name.clone(),
            receiver: to.name(),
            comment: "请给出意见".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        let answer = self.tasks(from).delegate_task(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn add(
        &self,
        from: &Person,
        task: &Task,
        signer: &Person,
        position: SignerPosition,
    ) -> Result<Task, Status> {
        let request = AddSignersRequest {
            name: task.name.clone(),
            signers: vec![signer.name()],
            position: position.into(),
            comment: "请一并会签".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        let answer = self.tasks(from).add_signers(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn take_back(&self, person: &Person, task: &str) -> Result<Task, Status> {
        let request = TakeBackTaskRequest {
            name: task.to_owned(),
            comment: "看错了".to_owned(),
            request_id: id(),
            ..Default::default()
        };
        let answer = self.tasks(person).take_back_task(request).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn task(&self, person: &Person, name: &str) -> Task {
        let request = GetTaskRequest {
            name: name.to_owned(),
        };
        self.tasks(person).get_task(request).await.unwrap().into_inner()
    }

    /// Waits until it is approved, and verifies its history.
    async fn signed(&self, approval: &str) {
        self.until(approval, State::Approved).await;
        self.heard(approval, &[Outcome::Approved]).await;
        assert!(self.verify(approval).await.intact);
    }
}

pub fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    reason(&answer.expect_err("refused"))
        .trim_start_matches("ERROR_REASON_")
        .to_owned()
}

#[tokio::test]
async fn a_task_is_transferred() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    assert_eq!(
        refused(house.transfer(&house.li, &task, &house.zhao).await),
        "OUT_OF_SCOPE"
    );
    assert_eq!(
        refused(house.transfer(&house.wang, &task, &house.li).await),
        "RECEIVER_UNFIT"
    );
    assert_eq!(
        refused(house.transfer(&house.wang, &task, &house.wang).await),
        "RECEIVER_UNFIT"
    );
    let given = house.transfer(&house.wang, &task, &house.zhao).await.unwrap();
    assert_eq!(given.state(), TaskState::Transferred);
    let taken = house.task_of(&house.zhao, &approval).await;
    assert_eq!(
        (taken.principal, taken.asked_by),
        (house.wang.name(), house.wang.name())
    );
    assert_eq!(taken.request_comment, "出差，请代为审批");
    assert_eq!(refused(house.approve(&house.wang, &task).await), "TASK_CLOSED");
    house
        .approve(&house.zhao, &house.task_of(&house.zhao, &approval).await)
        .await
        .unwrap();
    house.in_history(&approval, Action::TaskTransferred).await;
    house.signed(&approval).await;
}

#[tokio::test]
async fn a_repeated_transfer_answers_as_it_did_and_a_stale_one_is_told_so() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    let mut request = TransferTaskRequest {
        name: task.name.clone(),
        receiver: house.zhao.name(),
        etag: "\"0\"".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let stale = house
        .tasks(&house.wang)
        .transfer_task(request.clone())
        .await
        .unwrap_err();
    assert_eq!(stale.code(), Code::Aborted, "{stale:?}");
    request.etag.clone_from(&task.etag);
    let first = house
        .tasks(&house.wang)
        .transfer_task(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = house
        .tasks(&house.wang)
        .transfer_task(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);
    request.receiver = house.zhang.name();
    let other = house.tasks(&house.wang).transfer_task(request).await;
    assert_eq!(other.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(house.inbox(&house.zhao, "").await.len(), 1);
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn an_opinion_is_asked_for_given_and_done_without() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    let waiting = house.delegate(&house.wang, &task, &house.zhao).await.unwrap();
    assert_eq!(waiting.state(), TaskState::Delegated);
    assert_eq!(refused(house.approve(&house.wang, &task).await), "TASK_WAITING");
    let opinion = house.task_of(&house.zhao, &approval).await;
    assert_eq!(opinion.opinion_for, task.name);
    assert_eq!(
        refused(house.return_to(&house.zhao, &opinion, "").await),
        "OPINION_ONLY"
    );
    house.reject(&house.zhao, &opinion).await.unwrap();
    let back = house.task_of(&house.wang, &approval).await;
    assert_eq!(
        (back.name.as_str(), back.state()),
        (task.name.as_str(), TaskState::Pending)
    );
    house.delegate(&house.wang, &back, &house.zhang).await.unwrap();
    let back = house.take_back(&house.wang, &task.name).await.unwrap();
    assert_eq!(back.state(), TaskState::Pending);
    assert!(house.inbox(&house.zhang, "").await.is_empty());
    house.approve(&house.wang, &back).await.unwrap();
    house.signed(&approval).await;
}

#[tokio::test]
async fn signers_are_added_and_removed() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    let waits = house
        .add(&house.wang, &task, &house.zhao, SignerPosition::Before)
        .await
        .unwrap();
    assert_eq!(waits.state(), TaskState::Waiting);
    let signer = house.task_of(&house.zhao, &approval).await;
    assert_eq!(signer.asked_by, house.wang.name());
    let visit = house.approval(&approval).await.visits.pop().unwrap();
    let added = visit
        .approvers
        .iter()
        .find(|asked| asked.employee == house.zhao.name())
        .unwrap();
    assert_eq!(
        (added.added_by.as_str(), added.position()),
        (house.wang.name().as_str(), SignerPosition::Before)
    );
    house.approve(&house.zhao, &signer).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house
        .add(&house.wang, &task, &house.zhang, SignerPosition::After)
        .await
        .unwrap();
    let task = house.task(&house.wang, &task.name).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.task_of(&house.zhang, &approval).await;
    let remove = |signer: &Person| RemoveSignerRequest {
        name: task.name.clone(),
        signer: signer.name(),
        request_id: id(),
        ..Default::default()
    };
    let answered = house.tasks(&house.wang).remove_signer(remove(&house.zhao)).await;
    assert_eq!(refused(answered), "SIGNER_NOT_REMOVABLE");
    // Nobody else was waited for, so the step is agreed, and with it everything.
    house
        .tasks(&house.wang)
        .remove_signer(remove(&house.zhang))
        .await
        .unwrap();
    house.signed(&approval).await;
}

#[tokio::test]
async fn a_decision_is_taken_back_until_somebody_has_followed() {
    let house = House::open().await;
    let (approval, review) = house.submit_for_review().await;
    assert_eq!(
        refused(house.take_back(&house.zhang, &review.name).await),
        "NOT_TAKEABLE"
    );
    house.approve(&house.zhang, &review).await.unwrap();
    house.task_of(&house.wang, &approval).await;
    let again = house.take_back(&house.zhang, &review.name).await.unwrap();
    assert_ne!(again.name, review.name);
    assert_eq!(again.state(), TaskState::Pending);
    let taken = house.task(&house.zhang, &review.name).await;
    assert_eq!(taken.state(), TaskState::TakenBack);
    assert_eq!(
        taken.decision.expect("it stays on record").answer(),
        Answer::Approve
    );
    assert!(house.inbox(&house.wang, "").await.is_empty());
    house.approve(&house.zhang, &again).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.signed(&approval).await;
    assert_eq!(
        refused(house.take_back(&house.wang, &task.name).await),
        "APPROVAL_CLOSED"
    );
}

#[tokio::test]
async fn an_administrator_reassigns_and_cancels() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let request = ReassignTaskRequest {
        name: task.name.clone(),
        receiver: house.zhao.name(),
        comment: "张伟已离职".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let denied = house
        .tasks(&house.wang)
        .reassign_task(request.clone())
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    house.tasks(&house.admin).reassign_task(request).await.unwrap();
    let moved = house.task_of(&house.zhao, &approval).await;
    assert_eq!(
        (moved.principal, moved.asked_by),
        (house.zhang.name(), String::new())
    );
    let cancel = CancelApprovalRequest {
        name: approval.clone(),
        comment: "重复提交".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let denied = house
        .approvals(&house.li)
        .cancel_approval(cancel.clone())
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let cancelled = house
        .approvals(&house.admin)
        .cancel_approval(cancel.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(cancelled.state(), State::Cancelled);
    assert_eq!(cancelled.outcome_comment, "重复提交");
    house.heard(&approval, &[Outcome::Cancelled]).await;
    house.asked_last(&approval, "Release").await;
    let again = CancelApprovalRequest {
        request_id: id(),
        ..cancel
    };
    assert_eq!(
        refused(house.approvals(&house.admin).cancel_approval(again).await),
        "APPROVAL_CLOSED"
    );
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn who_lost_the_post_takes_nothing_back() {
    let house = House::open().await;
    let (_, review) = house.submit_for_review().await;
    house.approve(&house.zhang, &review).await.unwrap();
    let people = house.service.people();
    people.appoint(&house.zhang, &[held(Post::Salesperson, house.team)]);
    // The service keeps who people are for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    let late = house.take_back(&house.zhang, &review.name).await;
    assert_eq!(refused(late), "NOT_ELIGIBLE");
}

#[tokio::test]
async fn the_approver_of_one_step_chooses_who_is_asked_in_the_next() {
    let house = House::open().await;
    let mut policy = policy();
    policy.steps[0].condition.clear();
    policy.steps[1].approvers[0].selector = Some(Selector::PreviousChoice(true));
    let mut policies = policies(&house, &house.admin);
    policies.publish_policy_version(publish(policy)).await.unwrap();
    let (approval, task) = house.submit_for_review().await;
    assert_eq!(
        refused(house.approve(&house.zhang, &task).await),
        "NEXT_APPROVERS_REQUIRED"
    );
    let choose = async |next: &Person| {
        let request = ApproveTaskRequest {
            next_approvers: vec![next.name()],
            ..approve_request(&task)
        };
        let answer = house.tasks(&house.zhang).approve_task(request).await;
        answer.map(tonic::Response::into_inner)
    };
    assert_eq!(refused(choose(&house.li).await), "RECEIVER_UNFIT");
    choose(&house.zhao).await.unwrap();
    let last = house.task_of(&house.zhao, &approval).await;
    let request = ApproveTaskRequest {
        next_approvers: vec![house.wang.name()],
        ..approve_request(&last)
    };
    let unexpected = house.tasks(&house.zhao).approve_task(request).await;
    assert_eq!(refused(unexpected), "NEXT_APPROVERS_UNEXPECTED");
    house.approve(&house.zhao, &last).await.unwrap();
    house.signed(&approval).await;
}

#[tokio::test]
async fn whoever_is_away_has_their_deputy_asked() {
    let house = House::open().await;
    let mut deputyships = house.deputyships(&house.zhang);
    deputyships
        .create_deputyship(week(&house, &house.zhao))
        .await
        .unwrap();
    let request = house.request();
    let preview = PreviewApprovalRequest {
        kind: "contract".to_owned(),
        submitter: request.submitter.clone(),
        unit: request.unit.clone(),
        facts: request.facts.clone(),
    };
    let preview = house
        .intake()
        .preview_approval(preview)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(preview.steps[0].approvers, [house.zhao.name()]);
    let approval = request.approval.clone();
    house.intake().request_approval(request).await.unwrap();
    let task = house.task_of(&house.zhao, &approval).await;
    assert_eq!(task.principal, house.zhang.name());
    assert!(house.inbox(&house.zhang, "").await.is_empty());
    house.in_history(&approval, Action::TaskDeputed).await;
    house.approve(&house.zhao, &task).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.signed(&approval).await;
}

/// A decision that is taken back while the next approver decides: one of them wins.
#[tokio::test(flavor = "multi_thread")]
async fn taking_back_against_deciding() {
    let house = House::open().await;
    for _ in 0..100 {
        let (approval, review) = house.submit_for_review().await;
        house.approve(&house.zhang, &review).await.unwrap();
        let task = house.task_of(&house.wang, &approval).await;
        let (taken, decided) = tokio::join!(
            house.take_back(&house.zhang, &review.name),
            house.approve(&house.wang, &task)
        );
        match (taken, decided) {
            (Ok(_), Err(late)) => {
                assert_eq!(refused(Err::<(), _>(late)), "TASK_CLOSED");
                house.withdraw(&house.li, &approval).await.unwrap();
            }
            (Err(late), Ok(_)) => {
                assert_eq!(refused(Err::<(), _>(late)), "APPROVAL_CLOSED");
                house.until(&approval, State::Approved).await;
            }
            both => panic!("{both:?}"),
        }
        assert!(house.verify(&approval).await.intact);
    }
}
