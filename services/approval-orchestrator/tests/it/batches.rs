//! Many tasks at once: decided, and handed over when somebody leaves.

use salient_proto::approval::v1::{
    BatchDecideTasksRequest, BatchReassignTasksRequest, PreviewHandOverRequest, Task, TaskDecision,
    TaskResult, approval::State, decision::Answer,
};
use salient_testkit::Person;
use tonic::{Code, Status};

use crate::{
    actions::refused,
    house::{House, approve_request, id},
};

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

#[tokio::test]
async fn two_answers_to_one_task_are_no_batch() {
    let house = House::open().await;
    let (_, task) = house.submit_for_review().await;
    let decision = |answer: Answer| TaskDecision {
        name: task.name.clone(),
        answer: answer.into(),
        comment: "?".to_owned(),
        ..Default::default()
    };
    let request = BatchDecideTasksRequest {
        decisions: vec![decision(Answer::Reject), decision(Answer::Approve)],
        request_id: id(),
    };
    let answer = house.tasks(&house.zhang).batch_decide_tasks(request).await;
    assert_eq!(refused(answer), "REQUEST_INVALID");
    assert_eq!(
        house.inbox(&house.zhang, "").await.len(),
        1,
        "nothing was decided"
    );
}
