//! What others can follow.

use salient_proto::approval::v1::approval::State;
use salient_proto::events::v1::{ListEventsRequest, event_feed_service_client::EventFeedServiceClient};

use crate::house::House;

#[tokio::test]
async fn an_approval_is_told_from_submission_to_outcome() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    let mut feed = EventFeedServiceClient::new(house.service.channel_as(&house.admin));
    let request = ListEventsRequest {
        parent: "services/approval-orchestrator".to_owned(),
        ..Default::default()
    };
    let expected = [
        "ApprovalRequested",
        "StepStarted",
        "TaskCreated",
        "TaskEnded",
        "StepEnded",
        "StepStarted",
        "TaskCreated",
        "TaskEnded",
        "StepEnded",
        "ApprovalDecided",
    ];
    let start = std::time::Instant::now();
    loop {
        let events = feed
            .list_events(request.clone())
            .await
            .unwrap()
            .into_inner()
            .events;
        let types: Vec<_> = events
            .iter()
            .map(|event| event.r#type.rsplit('.').next().unwrap())
            .collect();
        if types == expected {
            assert!(events.iter().all(|event| event.resource == approval));
            assert_eq!(events[3].actor, house.zhang.name());
            return;
        }
        // Events are numbered after they are committed.
        assert!(start.elapsed() < std::time::Duration::from_secs(10), "{types:?}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
