use diesel_async::SimpleAsyncConnection as _;
use diesel_migrations::EmbeddedMigrations;
use salient_database::migrate::{self, MigrationSet};
use salient_testkit::TestDatabase;

/// A schema that has the common tables alone.
pub(crate) const fn bare() -> MigrationSet {
    MigrationSet::new("bare", EmbeddedMigrations::new(&[]))
}

#[tokio::test]
async fn two_tests_do_not_see_each_other_and_share_one_template() {
    let [first, second] = [
        TestDatabase::start(&[bare()]).await,
        TestDatabase::start(&[bare()]).await,
    ];
    first.execute("CREATE TABLE bare.own (x integer)").await;
    let mut other = second.owner("bare").await;
    assert!(other.batch_execute("SELECT * FROM own").await.is_err());
    let database = first.database("bare").await;
    database
        .check()
        .await
        .expect("a connection of the service's role");
}

// Migrating blocks its thread, so this test needs another.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_can_be_migrated_by_the_test() {
    let database = TestDatabase::empty().await;
    database.create_roles(&[bare()]).await;
    let applied = migrate::run(&database.owner_url(), &[bare()])
        .await
        .expect("migrated");
    assert!(applied > 0);
    database.database("bare").await.check().await.expect("migrated");
}
