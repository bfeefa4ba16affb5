//! Heads of histories, anchored outside the database: what they show, and what may happen to them.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection as _;
use salient_approval_orchestrator::export::{ExportVerifier, PublicKeys, Report};
use salient_proto::approval::v1::{
    ExportAuditTrailsRequest, ListAnchorKeysRequest, VerifyAllAuditTrailsRequest,
    VerifyAllAuditTrailsResponse, VerifyAuditTrailResponse, verify_all_audit_trails_response::Problem,
};
use salient_values::timestamp;
use tonic::{Code, Status};

use crate::{
    errors::reason,
    house::{House, PATIENCE, id},
};

fn uuid(approval: &str) -> &str {
    approval.strip_prefix("approvals/").unwrap()
}

impl House {
    async fn tamper(&self, statements: &str) {
        self.service
            .owner()
            .await
            .batch_execute(statements)
            .await
            .unwrap();
    }

    async fn everything(&self) -> (Vec<String>, VerifyAllAuditTrailsResponse) {
        let (problems, last) = self.verify_all(VerifyAllAuditTrailsRequest::default()).await;
        (problems.into_iter().map(|found| found.problem).collect(), last)
    }
}

impl House {
    /// Waits until all of an approval's history is anchored.
    pub async fn anchored(&self, approval: &str) -> VerifyAuditTrailResponse {
        let start = Instant::now();
        loop {
            let found = self.verify(approval).await;
            assert!(found.intact, "{found:?}");
            if found.anchored_entries == found.entries {
                return found;
            }
            assert!(start.elapsed() < PATIENCE, "not anchored: {found:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Verifies everything. Answers what was found, and the last answer.
    pub async fn verify_all(
        &self,
        request: VerifyAllAuditTrailsRequest,
    ) -> (Vec<Problem>, VerifyAllAuditTrailsResponse) {
        let mut answers = self
            .auditor(&self.admin)
            .verify_all_audit_trails(request)
            .await
            .unwrap()
            .into_inner();
        let (mut problems, mut last) = (Vec::new(), VerifyAllAuditTrailsResponse::default());
        while let Some(answer) = answers.message().await.unwrap() {
            problems.extend(answer.problems.iter().cloned());
            last = answer;
        }
        assert!(last.complete);
        (problems, last)
    }

    /// Exports histories as lines.
    pub async fn export(&self, request: ExportAuditTrailsRequest) -> Result<Vec<String>, Status> {
        let mut auditor = self.auditor(&self.admin);
        let mut messages = auditor.export_audit_trails(request).await?.into_inner();
        let mut lines = Vec::new();
        while let Some(message) = messages.message().await? {
            lines.extend(message.lines);
        }
        Ok(lines)
    }
}

fn verified(lines: &[String], keys: PublicKeys) -> Report {
    let mut verifier = ExportVerifier::new(keys);
    lines.iter().for_each(|line| verifier.next(line));
    verifier.finish()
}

#[tokio::test]
async fn histories_are_anchored_as_they_grow() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let first = house.anchored(&approval).await;
    house.approve(&house.zhang, &task).await.unwrap();
    let second = house.anchored(&approval).await;
    assert!(second.anchor > first.anchor && second.anchored_entries > first.anchored_entries);
    let (problems, last) = house.everything().await;
    assert_eq!(problems, [""; 0]);
    assert_eq!((last.approval_count, last.entry_count), (1, second.entries));
    assert!(last.anchor_count >= second.anchor);
    // From where another call broke off.
    let rest = VerifyAllAuditTrailsRequest {
        after_anchor: second.anchor - 1,
        after_approval: approval,
    };
    let (problems, rest) = house.verify_all(rest).await;
    assert_eq!((problems.len(), rest.approval_count), (0, 0));
    assert!(rest.anchor_count < last.anchor_count || second.anchor == 1);
}

#[tokio::test]
async fn an_anchor_that_was_written_and_not_recorded_is_harmless() {
    let house = House::open().await;
    let approval = house.submit_for_review().await.0;
    let before = house.anchored(&approval).await;
    // As a crash between the two leaves it.
    house
        .tamper(
            "INSERT INTO audit_unanchored SELECT approval, length, decode(substr(document ->> 'audit_head', 3), 'hex') \
             FROM audit_anchored JOIN approval ON id = approval WHERE length = (document ->> 'audit_length')::bigint \
             ON CONFLICT DO NOTHING; DELETE FROM audit_anchored",
        )
        .await;
    let after = house.anchored(&approval).await;
    assert!(after.anchor > before.anchor, "{before:?} {after:?}");
    assert_eq!(house.everything().await.0, [""; 0]);
}

#[tokio::test]
async fn what_was_put_back_to_an_earlier_day_shows() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    let id = uuid(&approval);
    house.anchored(&approval).await;
    house
        .tamper(&format!(
            "CREATE TABLE old_row AS SELECT * FROM approval WHERE id = '{id}'; \
             CREATE TABLE old_entry AS SELECT * FROM audit_entry WHERE approval = '{id}'; \
             CREATE TABLE old_anchored AS SELECT * FROM audit_anchored WHERE approval = '{id}'"
        ))
        .await;
    house.approve(&house.zhang, &task).await.unwrap();
    house.anchored(&approval).await;
    house
        .tamper(&format!(
            "DELETE FROM approval WHERE id = '{id}'; INSERT INTO approval SELECT * FROM old_row; \
             DELETE FROM audit_entry WHERE approval = '{id}'; INSERT INTO audit_entry SELECT * FROM old_entry"
        ))
        .await;
    let found = house.verify(&approval).await;
    assert!(!found.intact && found.problem.contains("anchored"), "{found:?}");
    // The table by which anchors are found, too: who trusts no table still sees it.
    house
        .tamper(&format!(
            "DELETE FROM audit_anchored WHERE approval = '{id}'; INSERT INTO audit_anchored SELECT * FROM old_anchored"
        ))
        .await;
    let problems = house.everything().await.0;
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("anchored is missing")),
        "{problems:?}"
    );
}

#[tokio::test]
async fn approvals_that_vanished_and_heads_that_were_kept_from_being_anchored_show() {
    let house = House::open().await;
    let vanished = house.submit_for_review().await.0;
    let (kept, _) = house.submit_for_review().await;
    house.anchored(&vanished).await;
    house.anchored(&kept).await;
    house
        .tamper(&format!(
            "DELETE FROM approval WHERE id = '{id}'; DELETE FROM audit_entry WHERE approval = '{id}'; \
             DELETE FROM audit_anchored WHERE approval = '{id}'; DELETE FROM audit_anchored WHERE approval = '{}'",
            uuid(&kept),
            id = uuid(&vanished),
        ))
        .await;
    let found = house.verify(&kept).await;
    assert!(!found.intact && found.problem.contains("neither"), "{found:?}");
    let problems = house.everything().await.0;
    for expected in ["the approval is missing", "neither is it anchored"] {
        assert!(
            problems.iter().any(|found| found.contains(expected)),
            "{problems:?}"
        );
    }
}

#[tokio::test]
async fn anchors_that_are_damaged_or_gone_show() {
    let house = House::open().await;
    let approval = house.submit_for_review().await.0;
    let last = house.anchored(&approval).await.anchor;
    let object = house.place.path().join(format!("anchors/{last:012}.json"));
    let content = std::fs::read_to_string(&object).unwrap();
    // Valid JSON, another time: the signature is over all of it.
    let changed = content.replace("\"create_time\":\"2", "\"create_time\":\"3");
    assert_ne!(changed, content);
    for (content, expected) in [
        (Some(changed.as_str()), "signature"),
        (Some("{}"), "cannot be read"),
        (None, "missing"),
    ] {
        match content {
            Some(content) => std::fs::write(&object, content).unwrap(),
            None => std::fs::remove_file(&object).unwrap(),
        }
        let found = house.verify(&approval).await;
        assert!(
            !found.intact && found.problem.contains(expected),
            "{expected}: {found:?}"
        );
        let problems = house.everything().await.0;
        assert!(
            problems.iter().any(|found| found.contains(expected)),
            "{problems:?}"
        );
    }
    // Nothing is anchored onto a hole: a second chain would hide the first.
    let next = house.submit_for_review().await.0;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(house.verify(&next).await.anchored_entries, 0);
    std::fs::write(&object, content).unwrap();
    house.anchored(&next).await;
    assert_eq!(house.everything().await.0, [""; 0]);
}

#[tokio::test]
async fn an_export_verifies_without_the_suite() {
    let house = House::open().await;
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(house.submit_for_approval().await.0);
    }
    for name in &names {
        house.anchored(name).await;
    }
    let keys = house
        .auditor(&house.li)
        .list_anchor_keys(ListAnchorKeysRequest {})
        .await
        .unwrap()
        .into_inner()
        .keys;
    assert_eq!(keys.iter().filter(|key| key.present).count(), 1);
    let mut trusted = PublicKeys::default();
    for key in &keys {
        assert_eq!(trusted.add(&key.public_key), key.key_id);
    }
    let one = ExportAuditTrailsRequest {
        approval: names[0].clone(),
        ..Default::default()
    };
    let one = verified(&house.export(one).await.unwrap(), trusted.clone());
    assert!(one.intact() && one.trails == 1 && one.unanchored == 0, "{one:?}");
    let created = house.approval(&names[1]).await.create_time.unwrap();
    let created = timestamp::from_proto(&created).unwrap();
    let until = |end| ExportAuditTrailsRequest {
        start_time: Some(timestamp::to_proto(jiff::Timestamp::UNIX_EPOCH)),
        end_time: Some(timestamp::to_proto(end)),
        ..Default::default()
    };
    let all = house.export(until(jiff::Timestamp::now())).await.unwrap();
    let report = verified(&all, trusted.clone());
    assert!(
        report.intact() && report.trails == 3 && report.unanchored == 0,
        "{report:?}"
    );
    let first = house.export(until(created)).await.unwrap();
    assert_eq!(verified(&first, PublicKeys::default()).trails, 1);
    // Keys of somebody else are not believed.
    let mut other = PublicKeys::default();
    other.add(&[7; 32]);
    assert!(!verified(&all, other).intact());
}

#[tokio::test]
async fn audits_are_for_administrators_and_name_what_they_want() {
    let house = House::open().await;
    let approval = house.submit().await;
    let request = ExportAuditTrailsRequest {
        approval,
        ..Default::default()
    };
    for person in [&house.li, &house.zhang, &house.wang] {
        let mut auditor = house.auditor(person);
        let refused = auditor.export_audit_trails(request.clone()).await.err().unwrap();
        assert_eq!(refused.code(), Code::PermissionDenied);
        let all = VerifyAllAuditTrailsRequest::default();
        let refused = auditor.verify_all_audit_trails(all).await.err().unwrap();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
    let both = ExportAuditTrailsRequest {
        start_time: Some(timestamp::to_proto(jiff::Timestamp::UNIX_EPOCH)),
        ..request
    };
    for malformed in [both, ExportAuditTrailsRequest::default()] {
        let refused = house.export(malformed).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "ERROR_REASON_REQUEST_INVALID")
        );
    }
    let unknown = ExportAuditTrailsRequest {
        approval: format!("approvals/{}", id()),
        ..Default::default()
    };
    assert_eq!(house.export(unknown).await.unwrap_err().code(), Code::NotFound);
    let elsewhere = VerifyAllAuditTrailsRequest {
        after_approval: "contracts/1".to_owned(),
        ..Default::default()
    };
    let refused = house
        .auditor(&house.admin)
        .verify_all_audit_trails(elsewhere)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
