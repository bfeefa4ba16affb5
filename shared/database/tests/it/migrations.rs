//! Bringing schemas up to date.

use salient_database::migrate;
use salient_testkit::TestDatabase;

use crate::fixture::sets;

#[tokio::test(flavor = "multi_thread")]
async fn migrating_again_and_from_several_places_at_once_changes_nothing() {
    let test = TestDatabase::start(&sets()).await;
    let status = migrate::status(&test.owner_url(), &sets()).await.unwrap();
    assert_eq!(
        status.len(),
        4,
        "the ledger's and its own, for each schema: {status:?}"
    );
    assert!(status.iter().all(|row| row.applied), "{status:?}");
    assert_eq!(migrate::run(&test.owner_url(), &sets()).await.unwrap(), 0);

    let empty = TestDatabase::empty().await;
    empty.create_roles(&sets()).await;
    let places = (0..4).map(|_| {
        let url = empty.owner_url();
        tokio::spawn(async move { migrate::run(&url, &sets()).await })
    });
    let mut applied = 0;
    for place in places.collect::<Vec<_>>() {
        applied += place.await.unwrap().unwrap();
    }
    assert_eq!(applied, 4, "each ran in one of the places");
}
