//! Whatever is done to a history behind the service's back shows.

use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use salient_proto::approval::v1::approval::State;

use crate::house::House;

#[tokio::test]
async fn edits_deletions_and_truncation_are_found_where_they_are() {
    let house = House::open().await;
    for (tampering, broken) in [
        (
            "UPDATE audit_entry SET actor = 'employees/nobody' WHERE sequence = 3 AND",
            3,
        ),
        ("UPDATE audit_entry SET details = '{}' WHERE sequence = 5 AND", 5),
        ("DELETE FROM audit_entry WHERE sequence = 2 AND", 2),
        ("DELETE FROM audit_entry WHERE sequence > 4 AND", 5),
    ] {
        let (approval, _) = house.submit_for_approval().await;
        assert!(house.verify(&approval).await.intact);
        let id = approval.strip_prefix("approvals/").unwrap();
        let mut owner = house.service.owner().await;
        owner
            .batch_execute(&format!("{tampering} approval = '{id}'"))
            .await
            .unwrap();
        let found = house.verify(&approval).await;
        assert_eq!(
            (found.intact, found.broken_sequence),
            (false, broken),
            "{tampering}: {found:?}"
        );
        assert!(!found.problem.is_empty());
    }
}

#[tokio::test]
async fn a_history_hashed_anew_by_somebody_else_has_no_seal() {
    let house = House::open().await;
    let (approval, _) = house.submit_for_review().await;
    let id = approval.strip_prefix("approvals/").unwrap();
    // As whoever rewrites everything, the approval's own row included, would leave it.
    let forged = format!(
        "UPDATE approval SET document = jsonb_set(document, '{{audit_seal}}', to_jsonb('\\x{}'::text)) WHERE id = '{id}'",
        "00".repeat(32)
    );
    house.service.owner().await.batch_execute(&forged).await.unwrap();
    let found = house.verify(&approval).await;
    assert!(!found.intact && found.problem.contains("seal"), "{found:?}");
}

#[tokio::test]
async fn the_service_itself_can_neither_change_nor_remove_history() {
    let house = House::open().await;
    let (approval, _) = house.submit_for_review().await;
    house.until(&approval, State::Pending).await;
    for statement in [
        "UPDATE audit_entry SET actor = 'nobody'",
        "DELETE FROM audit_entry",
        "DELETE FROM approval",
        "DELETE FROM task",
        "UPDATE policy_version SET publisher = 'nobody'",
        "DELETE FROM policy_version",
        "UPDATE audit_anchored SET number = 1",
        "DELETE FROM audit_anchored",
        "UPDATE audit_unanchored SET length = 1",
    ] {
        let op = salient_operation::OpContext::background("test", "test");
        let denied = house
            .service
            .database()
            .read(
                &op,
                Label,
                async |connection: &mut salient_database::Connection| {
                    diesel::sql_query(statement)
                        .execute(connection)
                        .await
                        .map_err(salient_database::Error::from)
                },
            )
            .await
            .unwrap_err();
        let cause = std::error::Error::source(&denied).unwrap().to_string();
        assert!(cause.contains("permission denied"), "{statement}: {cause}");
    }
}

#[derive(Clone, Copy)]
struct Label;

impl salient_database::Label for Label {
    fn name(self) -> &'static str {
        "test"
    }
}
