//! One service's role and another's schema.

use diesel_async::{AsyncConnection as _, RunQueryDsl as _};
use salient_database::{Connection, Database, DatabaseSettings};
use salient_testkit::TestDatabase;
use secrecy::ExposeSecret as _;

use crate::fixture;

#[tokio::test]
async fn a_role_cannot_read_or_write_another_schema() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let url = test.url("north");
    let mut north = Connection::establish(url.expose_secret()).await.unwrap();
    for table in ["counter", "event", "outbox", "idempotency", "feed_head"] {
        diesel::sql_query(format!("SELECT 1 FROM north.{table}"))
            .execute(&mut north)
            .await
            .unwrap();
        for statement in [
            format!("SELECT 1 FROM south.{table}"),
            format!("DELETE FROM south.{table}"),
            format!("CREATE TABLE south.mine_{table} ()"),
            format!("ALTER TABLE north.{table} DISABLE TRIGGER ALL"),
        ] {
            let refused = diesel::sql_query(&statement).execute(&mut north).await;
            let error = refused.expect_err(&statement).to_string();
            assert!(
                error.contains("permission denied") || error.contains("must be owner"),
                "{statement}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_role_of_another_schema_is_refused_at_the_start() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let settings = DatabaseSettings::new(test.url("north"));
    let error = Database::connect(&settings, "south")
        .await
        .expect_err("another schema")
        .to_string();
    assert!(error.contains("out of reach"), "{error}");
}
