//! Which notifications are asked for, by whom, and how a stream of them ends.

use std::time::Duration;

use salient_operation::Post as HeldPost;
use salient_proto::{
    access::v1::Post,
    approval::v1::{
        ListNotificationsRequest, Notification, WatchNotificationsRequest, approval::State,
        notification::Type, notification_service_client::NotificationServiceClient,
    },
};
use salient_testkit::{Caller, Person};
use tonic::{Code, Status};

use crate::{
    house::{House, PATIENCE},
    notifications::{all, gateway, list, next, until_told},
};

#[tokio::test]
async fn people_posts_and_types_are_chosen_without_changing_positions() {
    let house = House::open().await;
    let rejected = house.rejected().await;
    until_told(&house, &rejected, Type::ApprovalRejected, &house.zhang.name()).await;
    let nobody: (HeldPost, _, &[&Person]) = (HeldPost::Supervisor, house.team, &[]);
    house.organization.ladder(HeldPost::Supervisor, &[nobody]);
    let stuck = {
        // What the organisation said is kept for two seconds.
        let start = std::time::Instant::now();
        loop {
            let approval = house.submit().await;
            let settled = house
                .until_that(&approval, |approval| approval.state() != State::Reserving)
                .await;
            if settled.state() == State::Suspended {
                break approval;
            }
            assert!(start.elapsed() < PATIENCE);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    until_told(&house, &stuck, Type::AttentionRaised, "").await;
    let told = all(&house, 1_000).await;
    let chosen = async |recipients: &[&Person], posts: &[Post], types: &[Type]| {
        let recipients: Vec<_> = recipients.iter().map(|person| person.name()).collect();
        let posts: Vec<i32> = posts.iter().map(|post| (*post).into()).collect();
        let types: Vec<i32> = types.iter().map(|kind| (*kind).into()).collect();
        let request = ListNotificationsRequest {
            recipients: recipients.clone(),
            posts: posts.clone(),
            types: types.clone(),
            page_size: 1_000,
            ..Default::default()
        };
        let page = list(&house, request).await;
        assert!(
            page.next_position >= told.last().unwrap().position,
            "beyond what was left out"
        );
        let request = WatchNotificationsRequest {
            after_position: 0,
            recipients,
            posts,
            types,
        };
        let mut stream = gateway(&house)
            .watch_notifications(request)
            .await
            .unwrap()
            .into_inner();
        for expected in &page.notifications {
            assert_eq!(next(&mut stream).await, *expected);
        }
        page.notifications
    };
    let expected = |such: &dyn Fn(&Notification) -> bool| -> Vec<Notification> {
        told.iter().filter(|told| such(told)).cloned().collect()
    };
    let li = house.li.name();
    let of_li = expected(&|told| told.recipient == li);
    assert_eq!(of_li.len(), 1);
    assert_eq!(chosen(&[&house.li], &[], &[]).await, of_li);
    let of_administrators = expected(&|told| told.post() == Post::Administrator);
    assert_eq!(of_administrators.len(), 1);
    assert_eq!(chosen(&[], &[Post::Administrator], &[]).await, of_administrators);
    assert_eq!(
        chosen(&[&house.li], &[Post::Administrator], &[]).await,
        [of_li, of_administrators].concat()
    );
    let arrived = expected(&|told| told.r#type() == Type::TaskArrived);
    assert!(arrived.len() > 1);
    assert_eq!(chosen(&[], &[], &[Type::TaskArrived]).await, arrived);
    assert_eq!(chosen(&[&house.li], &[], &[Type::TaskArrived]).await, []);
}

#[tokio::test]
async fn a_watch_ends_in_order_when_the_service_drains() {
    let house = House::open().await;
    let mut stream = gateway(&house)
        .watch_notifications(WatchNotificationsRequest::default())
        .await
        .unwrap()
        .into_inner();
    house.submit().await;
    assert!(stream.message().await.unwrap().is_some());
    let House { service, .. } = house;
    let (ended, ()) = tokio::join!(stream.message(), service.stop());
    assert_eq!(ended.unwrap(), None);
}

#[tokio::test]
async fn only_gateways_and_administrators_hear_what_everybody_is_told() {
    let house = House::open().await;
    let asked = async |channel: Caller| -> Result<(), Status> {
        let mut client = NotificationServiceClient::new(channel);
        client
            .list_notifications(ListNotificationsRequest::default())
            .await?;
        client
            .watch_notifications(WatchNotificationsRequest::default())
            .await?;
        Ok(())
    };
    asked(house.service.channel_as_service("gateway")).await.unwrap();
    asked(house.service.channel_as(&house.admin)).await.unwrap();
    for channel in [
        house.service.channel_as(&house.li),
        house.service.channel_as(&house.wang),
        house.service.channel_as_service("contracts"),
    ] {
        let mut client = NotificationServiceClient::new(channel.clone());
        let refused = client
            .watch_notifications(WatchNotificationsRequest::default())
            .await;
        assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
        assert_eq!(asked(channel).await.unwrap_err().code(), Code::PermissionDenied);
    }
    let nonsense = ListNotificationsRequest {
        after_position: -1,
        recipients: vec!["李娜".to_owned()],
        ..Default::default()
    };
    let refused = gateway(&house).list_notifications(nonsense).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}
