//! What people do with tasks besides deciding them, through gRPC.

use salient_proto::approval::v1::{
    AddSignersRequest, BatchDecideTasksRequest, BatchReassignTasksRequest, CancelApprovalRequest,
    DelegateTaskRequest, GetTaskRequest, Outcome, PreviewHandOverRequest, ReassignTaskRequest,
    RemoveSignerRequest, SignerPosition, TakeBackTaskRequest, Task, TaskDecision, TaskResult,
    TransferTaskRequest, approval::State, audit_entry::Action, decision::Answer, task::State as TaskState,
};
use salient_testkit::Person;
use tonic::{Code, Status};

use crate::{
    errors::reason,
    house::{House, approve_request, id},
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

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
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

fn tasks_of(results: &[TaskResult]) -> Vec<Option<&Task>> {
    results.iter().map(|result| result.task.as_ref()).collect()
}

fn reasons(results: &[TaskResult]) -> Vec<String> {
    let reason_of = |result: &TaskResult| match (&result.task, &result.error) {
        (Some(_), None) => String::new(),
        (None, Some(error)) => {
            let details = prost::Message::encode_to_vec(error).into();
            refused(Err::<(), _>(Status::with_details(
                error.code.into(),
                &error.message,
                details,
            )))
        }
        both => panic!("{both:?}"),
    };
    results.iter().map(reason_of).collect()
}

#[tokio::test]
async fn many_are_decided_at_once_each_with_its_own_result() {
    let house = House::open().await;
    let mut tasks = Vec::new();
    for _ in 0..4 {
        tasks.push(house.submit_for_review().await);
    }
    house.approve(&house.zhang, &tasks[3].1).await.unwrap();
    let decision = |task: &Task, answer: Answer, comment: &str| {
        let approve = approve_request(task);
        TaskDecision {
            name: task.name.clone(),
            answer: answer.into(),
            findings: approve.findings,
            subject_digest: approve.subject_digest,
            comment: comment.to_owned(),
            ..Default::default()
        }
    };
    let request = BatchDecideTasksRequest {
        decisions: vec![
            decision(&tasks[0].1, Answer::Approve, ""),
            decision(&tasks[1].1, Answer::Reject, ""),
            decision(&tasks[2].1, Answer::Reject, "价格过低"),
            decision(&tasks[3].1, Answer::Approve, ""),
        ],
        request_id: id(),
    };
    let decide = async || {
        house
            .tasks(&house.zhang)
            .batch_decide_tasks(request.clone())
            .await
            .unwrap()
            .into_inner()
    };
    let first = decide().await;
    assert_eq!(
        reasons(&first.results),
        ["", "REQUEST_INVALID", "", "TASK_CLOSED"]
    );
    let again = decide().await;
    assert_eq!(tasks_of(&again.results), tasks_of(&first.results));
    assert_eq!(reasons(&again.results), reasons(&first.results));
    house.task_of(&house.wang, &tasks[0].0).await;
    house.until(&tasks[2].0, State::Rejected).await;
    house.approve(&house.zhang, &tasks[1].1).await.unwrap();
    let other = BatchDecideTasksRequest {
        decisions: vec![decision(&tasks[0].1, Answer::Approve, "another")],
        ..request
    };
    let other = house
        .tasks(&house.zhang)
        .batch_decide_tasks(other)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(reasons(&other.results), ["REQUEST_ID_REUSED"]);
}

#[tokio::test]
async fn the_tasks_of_somebody_who_leaves_are_handed_over() {
    let house = House::open().await;
    let mut approvals = Vec::new();
    for _ in 0..5 {
        approvals.push(house.submit_for_review().await.0);
    }
    let preview = async |to: &Person, page_token: String| {
        let request = PreviewHandOverRequest {
            assignee: house.zhang.name(),
            receiver: to.name(),
            page_size: 3,
            page_token,
        };
        house
            .tasks(&house.admin)
            .preview_hand_over(request)
            .await
            .unwrap()
            .into_inner()
    };
    let unfit = preview(&house.li, String::new()).await;
    assert!(unfit.items.iter().all(|item| item.obstacle == "SUBMITTER"));
    let first = preview(&house.zhao, String::new()).await;
    let second = preview(&house.zhao, first.next_page_token.clone()).await;
    assert_eq!(
        (
            first.items.len(),
            second.items.len(),
            second.next_page_token.as_str()
        ),
        (3, 2, "")
    );
    let items = first.items.iter().chain(&second.items);
    let names: Vec<_> = items.map(|item| item.task.clone().unwrap().name).collect();
    let request = BatchReassignTasksRequest {
        names,
        receiver: house.zhao.name(),
        comment: "张伟已离职".to_owned(),
        request_id: id(),
    };
    let denied = house
        .tasks(&house.wang)
        .batch_reassign_tasks(request.clone())
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let hand_over = async |request| {
        house
            .tasks(&house.admin)
            .batch_reassign_tasks(request)
            .await
            .unwrap()
            .into_inner()
    };
    let moved = hand_over(request.clone()).await;
    assert_eq!(reasons(&moved.results), [""; 5]);
    assert_eq!(hand_over(request.clone()).await, moved);
    let again = BatchReassignTasksRequest {
        request_id: id(),
        ..request
    };
    assert_eq!(reasons(&hand_over(again).await.results), ["TASK_CLOSED"; 5]);
    assert!(house.inbox(&house.zhang, "").await.is_empty());
    let taken = house.inbox(&house.zhao, "").await;
    assert_eq!(taken.len(), 5);
    assert!(taken.iter().all(|task| task.principal == house.zhang.name()));
    for task in taken {
        house.approve(&house.zhao, &task).await.unwrap();
    }
    for approval in approvals {
        assert!(house.verify(&approval).await.intact);
    }
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
