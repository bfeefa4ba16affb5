//! What is said to two replicas at the same instant.

use std::collections::BTreeSet;

use salient_proto::approval::v1::{
    Approval, CopyApprovalRequest, GetApprovalRequest, ListAuditEntriesRequest, UrgeApprovalRequest,
    approval_service_client::ApprovalServiceClient, audit_entry::Action,
};
use salient_testkit::Person;
use serde_json::Value;
use tonic::Status;

use crate::{
    correspondence::{copying, urging},
    errors::reason,
    replicas::Replicas,
};

const ROUNDS: usize = 20;

impl Replicas {
    async fn urge(&self, replica: usize, request: UrgeApprovalRequest) -> Result<Approval, Status> {
        let request = self.as_person(&self.li, request);
        let mut approvals = ApprovalServiceClient::new(self.channels[replica].clone());
        approvals
            .urge_approval(request)
            .await
            .map(tonic::Response::into_inner)
    }

    async fn copy(&self, replica: usize, request: CopyApprovalRequest) -> Result<Approval, Status> {
        let request = self.as_person(&self.li, request);
        let mut approvals = ApprovalServiceClient::new(self.channels[replica].clone());
        approvals
            .copy_approval(request)
            .await
            .map(tonic::Response::into_inner)
    }

    /// Everybody to whom the history says that a copy was sent, as often as it says so.
    async fn sent_copies(&self, approval: &str) -> Vec<String> {
        let request = ListAuditEntriesRequest {
            parent: approval.to_owned(),
            ..Default::default()
        };
        let request = self.as_person(&self.admin, request);
        let mut approvals = ApprovalServiceClient::new(self.channels[0].clone());
        let entries = approvals.list_audit_entries(request).await.unwrap().into_inner();
        let copies = entries
            .audit_entries
            .into_iter()
            .filter(|entry| entry.action() == Action::Copied);
        let recipients = |details: String| {
            let details: Value = serde_json::from_str(&details).unwrap();
            serde_json::from_value::<Vec<String>>(details["recipients"].clone()).unwrap()
        };
        copies.flat_map(|entry| recipients(entry.details)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_urgings_one_is_taken_and_of_one_urging_twice_both_get_its_answer() {
    let both = Replicas::start().await;
    for _ in 0..ROUNDS {
        let approval = both.submit(0).await;
        both.task_of(1, &both.zhang, &approval).await;
        let (one, other) = (urging(&approval), urging(&approval));
        let answers = tokio::join!(both.urge(0, one.clone()), both.urge(1, other.clone()));
        let (taken, refusal) = match answers {
            (Ok(_), Err(refusal)) => (one, refusal),
            (Err(refusal), Ok(_)) => (other, refusal),
            other => panic!("one is taken: {other:?}"),
        };
        assert_eq!(reason(&refusal), "ERROR_REASON_URGED_RECENTLY", "{refusal:?}");
        let (first, second) = tokio::join!(both.urge(0, taken.clone()), both.urge(1, taken));
        assert_eq!(first.unwrap(), second.unwrap());

        let approval = both.submit(1).await;
        both.task_of(0, &both.zhang, &approval).await;
        let request = urging(&approval);
        let (first, second) = tokio::join!(both.urge(0, request.clone()), both.urge(1, request));
        assert_eq!(first.unwrap(), second.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_to_both_at_once_is_sent_one_copy() {
    let both = Replicas::start().await;
    for _ in 0..ROUNDS {
        let approval = both.submit(0).await;
        let (first, second) = tokio::join!(
            both.copy(0, copying(&approval, &[&both.wang, &both.zhao])),
            both.copy(1, copying(&approval, &[&both.zhao, &both.zhang]))
        );
        first.unwrap();
        second.unwrap();
        let everybody: BTreeSet<_> = [&both.wang, &both.zhao, &both.zhang].map(Person::name).into();
        let sent = both.sent_copies(&approval).await;
        assert_eq!(
            (sent.len(), sent.into_iter().collect::<BTreeSet<_>>()),
            (3, everybody)
        );
        let request = GetApprovalRequest { name: approval };
        let request = both.as_person(&both.admin, request);
        let mut approvals = ApprovalServiceClient::new(both.channels[1].clone());
        let seen = approvals.get_approval(request).await.unwrap().into_inner();
        assert_eq!(seen.copy_recipients.len(), 3);
    }
}
