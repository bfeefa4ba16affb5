//! What callers are told when something is not as it should be.

use salient_operation::Post;
use salient_proto::approval::v1::{
    ApproveTaskRequest, Finding, GetApprovalRequest, GetTaskRequest, ListTasksRequest,
    RequestApprovalRequest, finding,
};
use salient_testkit::held;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::house::{House, approve_request, id};

/// The documented reason of a refusal.
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

#[tokio::test]
async fn a_task_is_its_assignees_alone() {
    let house = House::open().await;
    let (_, task) = house.submit_for_review().await;
    for person in [&house.li, &house.wang, &house.admin] {
        let refused = house.approve(person, &task).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE")
        );
        let request = GetTaskRequest {
            name: task.name.clone(),
        };
        let refused = house.tasks(person).get_task(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
    // One that does not exist looks the same.
    let request = GetTaskRequest {
        name: format!("tasks/{}", id()),
    };
    let refused = house.tasks(&house.li).get_task(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn an_approval_is_seen_by_those_it_concerns() {
    let house = House::open().await;
    let approval = house.submit_for_review().await.0;
    let stranger = house
        .service
        .people()
        .add("赵六", &[held(Post::Salesperson, house.team)]);
    let get = |person| {
        let (mut approvals, request) = (
            house.approvals(person),
            GetApprovalRequest {
                name: approval.clone(),
            },
        );
        async move { approvals.get_approval(request).await.map(|_| ()) }
    };
    for person in [&house.li, &house.zhang, &house.wang, &house.admin] {
        get(person).await.unwrap();
    }
    assert_eq!(get(&stranger).await.unwrap_err().code(), Code::PermissionDenied);
    let missing = GetApprovalRequest {
        name: format!("approvals/{}", id()),
    };
    let refused = house
        .approvals(&house.admin)
        .get_approval(missing.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = house
        .approvals(&stranger)
        .get_approval(missing)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = house.withdraw(&house.zhang, &approval).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_checklist_has_to_be_complete_and_in_order() {
    let house = House::open().await;
    let (_, task) = house.submit_for_review().await;
    let decide = |change: &dyn Fn(&mut ApproveTaskRequest)| {
        let mut request = approve_request(&task);
        change(&mut request);
        let mut tasks = house.tasks(&house.zhang);
        async move { tasks.approve_task(request).await.unwrap_err() }
    };
    let missing = decide(&|request| drop(request.findings.pop())).await;
    assert_eq!(
        (missing.code(), reason(&missing).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_FINDING_MISSING")
    );
    assert_eq!(
        missing.get_details_error_info().unwrap().metadata["items"],
        "liability"
    );
    let violations = missing.get_details_precondition_failure().unwrap().violations;
    assert_eq!(violations[0].subject, "liability");
    let bad = decide(&|request| {
        request.findings[1].set_result(finding::Result::NotAcceptable);
        request.findings[1].remark = "规格不明".to_owned();
    })
    .await;
    assert_eq!(reason(&bad), "ERROR_REASON_FINDING_NOT_ACCEPTABLE");
    let unknown = decide(&|request| {
        request.findings.push(Finding {
            item: "colour".to_owned(),
            ..request.findings[0].clone()
        });
    })
    .await;
    assert_eq!(
        (unknown.code(), reason(&unknown).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_FINDING_INVALID")
    );
    assert_eq!(
        unknown.get_details_bad_request().unwrap().field_violations[0].field,
        "findings[5]"
    );
    let other = decide(&|request| request.subject_digest = vec![9; 32]).await;
    assert_eq!(reason(&other), "ERROR_REASON_SUBJECT_CHANGED");
    let stale = decide(&|request| request.etag = "\"7\"".to_owned()).await;
    assert_eq!(
        (stale.code(), reason(&stale).as_str()),
        (Code::Aborted, "ERROR_REASON_ETAG_MISMATCH")
    );
    house.approve(&house.zhang, &task).await.unwrap();
    let closed = decide(&|_| {}).await;
    assert_eq!(
        (closed.code(), reason(&closed).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_TASK_CLOSED")
    );
}

#[tokio::test]
async fn a_repeated_decision_gets_the_first_answer_and_another_body_is_refused() {
    let house = House::open().await;
    let (_, task) = house.submit_for_review().await;
    let request = approve_request(&task);
    let mut tasks = house.tasks(&house.zhang);
    let first = tasks.approve_task(request.clone()).await.unwrap().into_inner();
    let again = tasks.approve_task(request.clone()).await.unwrap().into_inner();
    assert_eq!(first, again);
    let another = ApproveTaskRequest {
        comment: "改过".to_owned(),
        ..request
    };
    let refused = tasks.approve_task(another).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_REQUEST_ID_REUSED")
    );
}

#[tokio::test]
async fn a_post_that_was_lost_does_not_decide() {
    let house = House::open().await;
    let (_, task) = house.submit_for_review().await;
    house
        .service
        .people()
        .appoint(&house.zhang, &[held(Post::Salesperson, house.team)]);
    // The service keeps who people are for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    let refused = house.approve(&house.zhang, &task).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::PermissionDenied, "ERROR_REASON_NOT_ELIGIBLE")
    );
    assert_eq!(
        refused.get_details_error_info().unwrap().metadata["cause"],
        "POST_LOST"
    );
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let house = House::open().await;
    let refuse = |change: &dyn Fn(&mut RequestApprovalRequest)| {
        let mut request = house.request();
        change(&mut request);
        let mut intake = house.intake();
        async move { intake.request_approval(request).await.unwrap_err() }
    };
    let no_policy = refuse(&|request| request.subject.as_mut().unwrap().kind = "budget".to_owned()).await;
    assert_eq!(
        (no_policy.code(), reason(&no_policy).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_POLICY_MISSING")
    );
    let no_fact = refuse(&|request| request.facts.clear()).await;
    assert_eq!(
        (no_fact.code(), reason(&no_fact).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_FACT_INVALID")
    );
    let nobody = refuse(&|request| request.submitter = format!("employees/{}", id())).await;
    assert_eq!(reason(&nobody), "ERROR_REASON_SUBMITTER_INACTIVE");
    let second_round = refuse(&|request| request.round = 2).await;
    assert_eq!(reason(&second_round), "ERROR_REASON_ROUND_OUT_OF_ORDER");
    let anothers =
        refuse(&|request| request.subject.as_mut().unwrap().service = "customers".to_owned()).await;
    assert_eq!(anothers.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn pages_and_filters_of_the_inbox() {
    let house = House::open().await;
    let mut approvals = Vec::new();
    for _ in 0..3 {
        approvals.push(house.submit_for_review().await.0);
    }
    let mut tasks = house.tasks(&house.zhang);
    let mut request = ListTasksRequest {
        page_size: 2,
        ..Default::default()
    };
    let first = tasks.list_tasks(request.clone()).await.unwrap().into_inner();
    request.page_token = first.next_page_token.clone();
    let second = tasks.list_tasks(request.clone()).await.unwrap().into_inner();
    let listed: Vec<_> = first
        .tasks
        .iter()
        .chain(&second.tasks)
        .map(|task| task.approval.clone())
        .collect();
    assert_eq!(listed, approvals, "the oldest first, each once");
    assert_eq!(second.next_page_token, "");
    request.filter = "step = \"review\"".to_owned();
    let refused = tasks.list_tasks(request.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_PAGE_TOKEN_INVALID");
    request.page_token.clear();
    request.filter = "colour = \"red\"".to_owned();
    let refused = tasks.list_tasks(request).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_FILTER_INVALID")
    );
    assert_eq!(house.inbox(&house.zhang, "step = \"approval\"").await, []);
}
