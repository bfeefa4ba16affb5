use std::time::Duration;

use salient_operation::Post;
use salient_proto::{
    contracts::v1::ArchiveContractRequest,
    events::v1::{ListEventsRequest, event_feed_service_client::EventFeedServiceClient},
};
use salient_testkit::held;

use crate::{
    files::{PDF, upload},
    house::{House, answered, id},
};

#[tokio::test]
async fn a_contracts_life_is_announced_step_by_step() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let edited = house.edit(&draft, "新条款").await.expect("a draft");
    let submitted = house.submit(&edited).await.expect("complete");
    assert!(
        house
            .deliver(&submitted, salient_proto::approval::v1::Outcome::Approved)
            .await
    );
    let signed = house
        .sign(&house.read(&draft.name).await)
        .await
        .expect("approved");
    upload(&house, &signed.name, PDF).await.expect("taken");
    let archive = ArchiveContractRequest {
        name: signed.name.clone(),
        etag: String::new(),
        request_id: id(),
    };
    answered(house.contracts(&house.li).archive_contract(archive).await);

    let people = house.service.people();
    let director = people.add("孙磊", &[held(Post::Director, people.company())]);
    let mut feed = EventFeedServiceClient::new(house.service.channel_as(&director));
    let request = ListEventsRequest {
        parent: "services/contracts".into(),
        ..ListEventsRequest::default()
    };
    let expected = [
        "ContractCreated",
        "ContractUpdated",
        "ContractSubmitted",
        "ContractSignOffEnded",
        "ContractSigned",
        "ContractFileStored",
        "ContractArchived",
    ];
    // Events get their positions after their commits.
    for _ in 0..100 {
        let events = answered(feed.list_events(request.clone()).await).events;
        if events.len() == expected.len() {
            let types: Vec<_> = events
                .iter()
                .map(|event| event.r#type.trim_start_matches("salient.contracts.v1."))
                .collect();
            assert_eq!(types, expected);
            assert!(events.iter().all(|event| event.resource == draft.name));
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the events did not come");
}
