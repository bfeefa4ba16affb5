//! What is said around an approval: it is urged, copied, commented.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use salient_operation::Post;
use salient_proto::approval::v1::{
    Approval, CommentApprovalRequest, CopyApprovalRequest, GetApprovalRequest, ListAuditEntriesRequest,
    UrgeApprovalRequest, approval::State, audit_entry::Action,
};
use salient_testkit::{Person, held};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, id},
};

pub fn urging(approval: &str) -> UrgeApprovalRequest {
    UrgeApprovalRequest {
        name: approval.to_owned(),
        comment: "客户在等".to_owned(),
        request_id: id(),
    }
}

pub fn copying(approval: &str, recipients: &[&Person]) -> CopyApprovalRequest {
    CopyApprovalRequest {
        name: approval.to_owned(),
        recipients: recipients.iter().map(|person| person.name()).collect(),
        comment: "请知悉".to_owned(),
        request_id: id(),
    }
}

fn commenting(approval: &str, comment: &str) -> CommentApprovalRequest {
    CommentApprovalRequest {
        name: approval.to_owned(),
        comment: comment.to_owned(),
        request_id: id(),
    }
}

impl House {
    pub async fn urge(&self, person: &Person, approval: &str) -> Result<Approval, Status> {
        let urged = self.approvals(person).urge_approval(urging(approval)).await;
        urged.map(tonic::Response::into_inner)
    }

    pub async fn copy(
        &self,
        person: &Person,
        approval: &str,
        recipients: &[&Person],
    ) -> Result<Approval, Status> {
        let request = copying(approval, recipients);
        let copied = self.approvals(person).copy_approval(request).await;
        copied.map(tonic::Response::into_inner)
    }

    async fn comment(&self, person: &Person, approval: &str, comment: &str) -> Result<Approval, Status> {
        let request = commenting(approval, comment);
        let commented = self.approvals(person).comment_approval(request).await;
        commented.map(tonic::Response::into_inner)
    }

    /// Somebody of the team whom nothing concerns yet.
    pub fn somebody(&self, name: &str) -> Person {
        self.service
            .people()
            .add(name, &[held(Post::Salesperson, self.team)])
    }

    /// What stands in an approval's history about something, and who did it, as this person reads it.
    async fn told(
        &self,
        person: &Person,
        approval: &str,
        action: Action,
    ) -> Result<Vec<(String, Value)>, Status> {
        let request = ListAuditEntriesRequest {
            parent: approval.to_owned(),
            page_size: 1000,
            ..Default::default()
        };
        let entries = self.approvals(person).list_audit_entries(request).await?;
        let entries = entries.into_inner().audit_entries.into_iter();
        let told = entries.filter(|entry| entry.action() == action);
        Ok(told
            .map(|entry| (entry.actor, serde_json::from_str(&entry.details).unwrap()))
            .collect())
    }

    async fn sees(&self, person: &Person, approval: &str) -> Result<Approval, Status> {
        let request = GetApprovalRequest {
            name: approval.to_owned(),
        };
        let seen = self.approvals(person).get_approval(request).await;
        seen.map(tonic::Response::into_inner)
    }
}

#[track_caller]
fn refused(refusal: &Status, code: Code, expected: &str) -> BTreeMap<String, String> {
    assert_eq!(
        (refusal.code(), reason(refusal).as_str()),
        (code, expected),
        "{refusal:?}"
    );
    refusal
        .get_details_error_info()
        .unwrap()
        .metadata
        .into_iter()
        .collect()
}

#[tokio::test]
async fn a_submitter_urges_once_in_half_an_hour() {
    let house = House::open().await;
    let (approval, _) = house.submit_for_review().await;
    let request = urging(&approval);
    let mut li = house.approvals(&house.li);
    let first = li.urge_approval(request.clone()).await.unwrap().into_inner();
    assert_eq!(first.state(), State::Pending);
    let again = li.urge_approval(request.clone()).await.unwrap().into_inner();
    assert_eq!(again, first, "the same request is the same urging");
    let another = UrgeApprovalRequest {
        comment: String::new(),
        ..request
    };
    let reused = li.urge_approval(another).await.unwrap_err();
    refused(&reused, Code::InvalidArgument, "ERROR_REASON_REQUEST_ID_REUSED");

    house.clock.shift(SignedDuration::from_mins(20));
    let soon = house.urge(&house.li, &approval).await.unwrap_err();
    let metadata = refused(&soon, Code::ResourceExhausted, "ERROR_REASON_URGED_RECENTLY");
    assert_eq!(
        (&metadata["approval"], metadata["minutes"].as_str()),
        (&approval, "10")
    );
    let delay = soon.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert!((9 * 60..=10 * 60).contains(&delay.as_secs()), "{delay:?}");
    let quota = soon.get_details_quota_failure().unwrap();
    assert_eq!(quota.violations[0].subject, approval);
    // Whoever asks.
    let soon = house.urge(&house.admin, &approval).await.unwrap_err();
    refused(&soon, Code::ResourceExhausted, "ERROR_REASON_URGED_RECENTLY");

    house.clock.shift(SignedDuration::from_mins(10));
    house.urge(&house.admin, &approval).await.unwrap();
    let details = json!({"assignees": [house.zhang.name()], "comment": "客户在等"});
    let told = house.told(&house.li, &approval, Action::Urged).await.unwrap();
    assert_eq!(
        told,
        [(house.li.name(), details.clone()), (house.admin.name(), details)]
    );
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn urging_names_everybody_who_has_yet_to_decide() {
    let house = House::open().await;
    house.two_managers();
    let (approval, _) = house.submit_for_approval().await;
    house.urge(&house.li, &approval).await.unwrap();
    let told = house.told(&house.li, &approval, Action::Urged).await.unwrap();
    let details = json!({"assignees": [house.wang.name(), house.zhao.name()], "comment": "客户在等"});
    assert_eq!(told, [(house.li.name(), details)]);
}

#[tokio::test]
async fn only_its_submitter_and_administrators_urge_and_only_who_is_asked_is_urged() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let stranger = house.somebody("赵六");
    for person in [&house.zhang, &house.wang, &stranger] {
        let refusal = house.urge(person, &approval).await.unwrap_err();
        refused(&refusal, Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE");
    }
    let missing = format!("approvals/{}", id());
    let refusal = house.urge(&house.li, &missing).await.unwrap_err();
    refused(&refusal, Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE");
    let refusal = house.urge(&house.admin, &missing).await.unwrap_err();
    refused(&refusal, Code::NotFound, "ERROR_REASON_RESOURCE_NOT_FOUND");

    house.return_to(&house.zhang, &task, "").await.unwrap();
    let refusal = house.urge(&house.li, &approval).await.unwrap_err();
    let metadata = refused(&refusal, Code::FailedPrecondition, "ERROR_REASON_NOBODY_TO_URGE");
    assert_eq!(metadata["state"], "RETURNED");
    house.withdraw(&house.li, &approval).await.unwrap();
    let refusal = house.urge(&house.li, &approval).await.unwrap_err();
    let metadata = refused(&refusal, Code::FailedPrecondition, "ERROR_REASON_NOBODY_TO_URGE");
    assert_eq!(metadata["state"], "WITHDRAWN");
    assert_eq!(house.told(&house.li, &approval, Action::Urged).await.unwrap(), []);
}

#[tokio::test]
async fn who_is_sent_a_copy_may_read_the_approval_and_its_history() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let [one, two, three] = ["赵六", "钱七", "孙八"].map(|name| house.somebody(name));
    let hidden = house.sees(&one, &approval).await.unwrap_err();
    assert_eq!(hidden.code(), Code::PermissionDenied);

    let first = copying(&approval, &[&one, &two, &one]);
    let mut li = house.approvals(&house.li);
    let answer = li.copy_approval(first.clone()).await.unwrap().into_inner();
    let seen = house.sees(&one, &approval).await.unwrap();
    assert_eq!(seen.copy_recipients, [one.name(), two.name()]);
    assert_eq!(seen.etag, answer.etag);
    let told = house.told(&two, &approval, Action::Copied).await.unwrap();
    let to = |people: &[&Person]| {
        let names: Vec<_> = people.iter().map(|person| person.name()).collect();
        json!({"recipients": names, "comment": "请知悉"})
    };
    assert_eq!(told, [(house.li.name(), to(&[&one, &two]))]);

    // Whoever was asked copies too, also what has ended; who has it is passed over.
    house.reject(&house.zhang, &task).await.unwrap();
    house
        .copy(&house.zhang, &approval, &[&two, &three])
        .await
        .unwrap();
    let told = house.told(&three, &approval, Action::Copied).await.unwrap();
    assert_eq!(told[1..], [(house.zhang.name(), to(&[&three]))]);
    let before = house.approval(&approval).await;
    let nothing = copying(&approval, &[&three, &one]);
    let mut admin = house.approvals(&house.admin);
    let unchanged = admin.copy_approval(nothing.clone()).await.unwrap().into_inner();
    assert_eq!(
        (&unchanged.etag, unchanged.state()),
        (&before.etag, State::Rejected)
    );

    // A repeat is answered as the first time, whatever has happened since; so is one that changed nothing.
    house.comment(&three, &approval, "收到").await.unwrap();
    assert_eq!(
        li.copy_approval(first.clone()).await.unwrap().into_inner(),
        answer
    );
    assert_eq!(
        admin.copy_approval(nothing.clone()).await.unwrap().into_inner(),
        unchanged
    );
    let another = CopyApprovalRequest {
        comment: String::new(),
        ..nothing
    };
    let reused = admin.copy_approval(another).await.unwrap_err();
    refused(&reused, Code::InvalidArgument, "ERROR_REASON_REQUEST_ID_REUSED");
    assert_eq!(
        house.told(&one, &approval, Action::Copied).await.unwrap().len(),
        2
    );
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn copies_are_sent_by_whom_it_concerns_to_active_employees() {
    let house = House::open().await;
    let (approval, _) = house.submit_for_review().await;
    let [one, gone] = ["赵六", "钱七"].map(|name| house.somebody(name));
    house.service.people().depart(&gone);
    house.copy(&house.li, &approval, &[&one]).await.unwrap();
    // The region's manager sees it, but was not asked; a recipient was not either.
    for person in [&house.wang, &one, &house.somebody("孙八")] {
        let refusal = house.copy(person, &approval, &[&gone]).await.unwrap_err();
        refused(&refusal, Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE");
    }
    let missing = format!("approvals/{}", id());
    let refusal = house.copy(&house.admin, &missing, &[&one]).await.unwrap_err();
    refused(&refusal, Code::NotFound, "ERROR_REASON_RESOURCE_NOT_FOUND");

    let mut li = house.approvals(&house.li);
    let mut request = copying(&approval, &[&house.zhao, &gone]);
    let nobody = format!("employees/{}", id());
    request.recipients.push(nobody.clone());
    let refusal = li.copy_approval(request).await.unwrap_err();
    let metadata = refused(
        &refusal,
        Code::FailedPrecondition,
        "ERROR_REASON_RECIPIENT_INACTIVE",
    );
    assert_eq!(metadata["recipients"], format!("{},{nobody}", gone.name()));
    let violations = refusal.get_details_precondition_failure().unwrap().violations;
    let named: Vec<_> = violations
        .into_iter()
        .map(|violation| violation.subject)
        .collect();
    assert_eq!(named, [gone.name(), nobody], "each of them");
    assert_eq!(
        house.approval(&approval).await.copy_recipients,
        [one.name()],
        "all or nothing"
    );

    let many: Vec<_> = (0..21)
        .map(|number| house.somebody(&number.to_string()))
        .collect();
    let many: Vec<_> = many.iter().collect();
    for recipients in [&many[..], &[]] {
        let refusal = house.copy(&house.li, &approval, recipients).await.unwrap_err();
        refused(&refusal, Code::InvalidArgument, "ERROR_REASON_REQUEST_INVALID");
    }
}

#[tokio::test]
async fn an_approval_is_copied_to_two_hundred_people_and_no_more() {
    let house = House::open().await;
    let approval = house.submit().await;
    let people: Vec<_> = (0..201)
        .map(|number| house.somebody(&number.to_string()))
        .collect();
    let everybody: Vec<_> = people.iter().collect();
    for some in everybody[..200].chunks(20) {
        house.copy(&house.li, &approval, some).await.unwrap();
    }
    let refusal = house
        .copy(&house.li, &approval, &everybody[200..])
        .await
        .unwrap_err();
    let metadata = refused(&refusal, Code::ResourceExhausted, "ERROR_REASON_TOO_MANY_COPIES");
    assert_eq!(metadata["limit"], "200");
    assert_eq!(refusal.get_details_quota_failure().unwrap().violations.len(), 1);
    house.copy(&house.li, &approval, &everybody[..20]).await.unwrap();
    assert_eq!(house.approval(&approval).await.copy_recipients.len(), 200);
}

#[tokio::test]
async fn whoever_sees_an_approval_comments_in_every_state() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let [reader, stranger] = ["赵六", "钱七"].map(|name| house.somebody(name));
    house.copy(&house.li, &approval, &[&reader]).await.unwrap();
    let request = commenting(&approval, "价格已与客户确认");
    let mut li = house.approvals(&house.li);
    let first = li.comment_approval(request.clone()).await.unwrap().into_inner();
    assert_eq!(li.comment_approval(request).await.unwrap().into_inner(), first);
    for person in [&house.zhang, &house.wang, &house.admin, &reader] {
        house.comment(person, &approval, "收到").await.unwrap();
    }
    let refusal = house.comment(&stranger, &approval, "收到").await.unwrap_err();
    refused(&refusal, Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE");
    let missing = format!("approvals/{}", id());
    let refusal = house.comment(&house.li, &missing, "收到").await.unwrap_err();
    refused(&refusal, Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE");
    for comment in [String::new(), "长".repeat(2001)] {
        let refusal = house.comment(&house.li, &approval, &comment).await.unwrap_err();
        refused(&refusal, Code::InvalidArgument, "ERROR_REASON_REQUEST_INVALID");
    }
    // What is said does not stand in the way of what is decided, before or after.
    house.reject(&house.zhang, &task).await.unwrap();
    let longest = "长".repeat(2000);
    house.comment(&house.zhang, &approval, &longest).await.unwrap();
    let ended = house.approval(&approval).await;
    assert_eq!(
        (ended.state(), ended.outcome_comment.as_str()),
        (State::Rejected, "付款条件不可接受")
    );

    let told = house.told(&reader, &approval, Action::Commented).await.unwrap();
    let said = |person: &Person, comment: &str| (person.name(), json!({"comment": comment}));
    let expected = [
        said(&house.li, "价格已与客户确认"),
        said(&house.zhang, "收到"),
        said(&house.wang, "收到"),
        said(&house.admin, "收到"),
        said(&reader, "收到"),
        said(&house.zhang, &longest),
    ];
    assert_eq!(told, expected);
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn an_approval_takes_five_hundred_comments() {
    let house = House::open().await;
    let (approval, _) = house.submit_for_review().await;
    for number in 1..=500 {
        let comment = format!("第{number}条");
        house.comment(&house.li, &approval, &comment).await.unwrap();
    }
    let refusal = house.comment(&house.li, &approval, "再一条").await.unwrap_err();
    let metadata = refused(
        &refusal,
        Code::ResourceExhausted,
        "ERROR_REASON_TOO_MANY_COMMENTS",
    );
    assert_eq!(metadata["limit"], "500");
    assert_eq!(
        refusal.get_details_quota_failure().unwrap().violations[0].subject,
        approval
    );
}
