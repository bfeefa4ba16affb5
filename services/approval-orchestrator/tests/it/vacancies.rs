//! Tasks that wait for nobody show.

use jiff::SignedDuration;
use salient_operation::Post;
use salient_proto::approval::v1::{approval::State, attention::Reason, audit_entry::Action};
use salient_testkit::held;

use crate::house::House;

#[tokio::test]
async fn a_task_of_somebody_who_left_or_lost_the_post_shows() {
    let house = House::open().await;
    let (reviewed, _) = house.submit_for_review().await;
    let (signed, task) = house.submit_for_approval().await;
    let quarter = SignedDuration::from_mins(15);
    house.clock.shift(quarter);
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    for approval in [&reviewed, &signed] {
        assert_eq!(house.approval(approval).await.attention, None, "both are there");
    }

    let people = house.service.people();
    people.depart(&house.zhang);
    people.appoint(&house.wang, &[held(Post::Salesperson, house.team)]);
    // What is known of people is kept for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    house.clock.shift(quarter);
    let needing = async |approval: &str| {
        let found = house
            .until_that(approval, |approval| approval.attention.is_some())
            .await;
        found.attention.unwrap()
    };
    let left = needing(&reviewed).await;
    assert_eq!(left.reason(), Reason::ApproverGone);
    assert_eq!(
        left.detail,
        format!("{} has left, and has yet to decide", house.zhang.name())
    );
    assert!(needing(&signed).await.detail.contains("no longer holds the post"));
    house.in_history(&signed, Action::AttentionRaised).await;

    // It needs none any more once somebody may decide, and has.
    people.appoint(&house.wang, &[held(Post::RegionalManager, house.region)]);
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    house.approve(&house.wang, &task).await.unwrap();
    let approved = house.until(&signed, State::Approved).await;
    assert_eq!(approved.attention, None);
    assert!(house.verify(&signed).await.intact);
}
