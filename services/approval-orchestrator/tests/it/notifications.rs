//! What gateways hear: everything once, wherever they were cut off, and from whichever replica.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::join_all;
use jiff::SignedDuration;
use salient_proto::approval::v1::{
    ExpiryAction, ListNotificationsRequest, ListNotificationsResponse, Notification, RequestApprovalRequest,
    WatchNotificationsRequest, approval::State, notification::Type,
    notification_service_client::NotificationServiceClient,
};
use salient_testkit::{Caller, Person};
use tokio::time::timeout;
use tonic::Streaming;

use crate::{
    deadlines::hours,
    house::{House, PATIENCE, id},
    peers::Manner,
    replicas::Replicas,
};

pub fn gateway(house: &House) -> NotificationServiceClient<Caller> {
    NotificationServiceClient::new(house.service.channel_as_service("gateway"))
}

pub async fn list(house: &House, request: ListNotificationsRequest) -> ListNotificationsResponse {
    let listed = gateway(house).list_notifications(request).await;
    listed.unwrap().into_inner()
}

/// Everything there is, by pages of this size.
pub async fn all(house: &House, page_size: i32) -> Vec<Notification> {
    let mut told = Vec::new();
    let mut after_position = 0;
    loop {
        let request = ListNotificationsRequest {
            after_position,
            page_size,
            ..Default::default()
        };
        let page = list(house, request).await;
        assert!(page.notifications.len() <= usize::try_from(page_size).unwrap());
        assert!(page.next_position <= page.head_position, "it ends");
        told.extend(page.notifications);
        if page.next_position == after_position {
            return told;
        }
        after_position = page.next_position;
    }
}

/// Waits until somebody, or the administrators, are told something of an approval; events are numbered after they are committed.
pub async fn until_told(house: &House, approval: &str, kind: Type, recipient: &str) -> Notification {
    let start = std::time::Instant::now();
    loop {
        let told = all(house, 1_000).await;
        let found = told.iter().find(|told| {
            (told.approval.as_str(), told.r#type(), told.recipient.as_str()) == (approval, kind, recipient)
        });
        if let Some(found) = found {
            return found.clone();
        }
        assert!(start.elapsed() < PATIENCE, "no {kind:?} in {told:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The next of a stream, which is not waited for without end.
pub async fn next(stream: &mut Streaming<Notification>) -> Notification {
    let told = timeout(PATIENCE, stream.message()).await.expect("it comes");
    told.unwrap().expect("it does not end by itself")
}

/// Who is told what of an approval, in order.
fn of(told: &[Notification], approval: &str) -> Vec<(Type, String)> {
    told.iter()
        .filter(|told| told.approval == approval)
        .map(|told| (told.r#type(), told.recipient.clone()))
        .collect()
}

fn to(kind: Type, person: &Person) -> (Type, String) {
    (kind, person.name())
}

/// What a gateway has pushed, and nothing else that it remembers.
type Pushed = Arc<Mutex<Vec<Notification>>>;

/// A gateway that is cut off after a few notifications, by chance none, again and again; it resumes behind the last that it pushed.
async fn unlucky_gateway(house: &House, pushed: Pushed, mut seed: u64) {
    loop {
        let after_position = pushed.lock().unwrap().last().map_or(0, |last| last.position);
        let request = WatchNotificationsRequest {
            after_position,
            ..Default::default()
        };
        let mut stream = gateway(house)
            .watch_notifications(request)
            .await
            .unwrap()
            .into_inner();
        // xorshift
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        for _ in 0..seed % 4 {
            let told = stream
                .message()
                .await
                .unwrap()
                .expect("it does not end by itself");
            pushed.lock().unwrap().push(told);
        }
        // It may have received the next one as well when it dies, and not pushed it.
        if seed.is_multiple_of(5) {
            let _lost = stream.message().await.unwrap();
        }
    }
}

impl House {
    async fn resubmit(&self, approval: &str, first: &RequestApprovalRequest) {
        let mut second = RequestApprovalRequest {
            approval: approval.to_owned(),
            round: 2,
            request_id: id(),
            ..first.clone()
        };
        second.subject.as_mut().unwrap().version = 2;
        self.intake().request_approval(second).await.unwrap();
    }

    async fn signed_off(&self) -> String {
        let (approval, task) = self.submit_for_approval().await;
        self.approve(&self.wang, &task).await.unwrap();
        self.until(&approval, State::Approved).await;
        approval
    }

    pub async fn rejected(&self) -> String {
        let (approval, task) = self.submit_for_approval().await;
        self.reject(&self.wang, &task).await.unwrap();
        approval
    }

    /// Returned by the manager, submitted again, and withdrawn while it lies with the supervisor.
    async fn returned_and_withdrawn(&self) -> String {
        let request = self.request();
        let approval = request.approval.clone();
        self.intake().request_approval(request.clone()).await.unwrap();
        let task = self.task_of(&self.zhang, &approval).await;
        self.approve(&self.zhang, &task).await.unwrap();
        let task = self.task_of(&self.wang, &approval).await;
        self.return_to(&self.wang, &task, "").await.unwrap();
        self.until(&approval, State::Returned).await;
        self.resubmit(&approval, &request).await;
        self.task_of(&self.zhang, &approval).await;
        self.withdraw(&self.li, &approval).await.unwrap();
        approval
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_cut_off_anywhere_pushes_everything_once() {
    let house = Arc::new(House::open_with_deadline(&hours(8, ExpiryAction::Remind)).await);
    let gateways: Vec<(Pushed, tokio::task::JoinHandle<()>)> = (1..=3_u64)
        .map(|seed| {
            let (pushed, house) = (Pushed::default(), Arc::clone(&house));
            let own = Arc::clone(&pushed);
            let run =
                async move { unlucky_gateway(&house, own, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).await };
            (pushed, tokio::spawn(run))
        })
        .collect();
    let signed = join_all((0..4).map(|_| house.signed_off()));
    let rejected = join_all((0..4).map(|_| house.rejected()));
    let withdrawn = join_all((0..4).map(|_| house.returned_and_withdrawn()));
    let (signed, rejected, withdrawn) = tokio::join!(signed, rejected, withdrawn);
    let (late, _) = house.submit_for_review().await;
    house.clock.shift(SignedDuration::from_hours(9));
    until_told(&house, &late, Type::TaskReminded, &house.zhang.name()).await;
    for approval in &withdrawn {
        until_told(&house, approval, Type::TaskClosed, &house.zhang.name()).await;
        until_told(&house, approval, Type::ApprovalWithdrawn, &house.wang.name()).await;
    }
    for approval in &signed {
        until_told(&house, approval, Type::ApprovalSignedOff, &house.li.name()).await;
    }
    for approval in &rejected {
        until_told(&house, approval, Type::ApprovalRejected, &house.zhang.name()).await;
    }

    let expected = all(&house, 1_000).await;
    for (pushed, gateway) in gateways {
        let start = std::time::Instant::now();
        // Its last word is out only when it has everything; what comes twice shows in the comparison.
        while pushed.lock().unwrap().len() < expected.len() {
            assert!(
                !gateway.is_finished() && start.elapsed() < PATIENCE,
                "{}",
                pushed.lock().unwrap().len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        gateway.abort();
        assert_eq!(*pushed.lock().unwrap(), expected);
    }
    assert!(expected.is_sorted_by(|one, next| one.position < next.position));
    let (li, zhang, wang) = (&house.li, &house.zhang, &house.wang);
    for approval in &signed {
        assert_eq!(
            of(&expected, approval),
            [
                to(Type::TaskArrived, zhang),
                to(Type::TaskArrived, wang),
                to(Type::ApprovalSignedOff, li),
                to(Type::ApprovalSignedOff, zhang),
            ]
        );
    }
    for approval in &rejected {
        assert_eq!(
            of(&expected, approval),
            [
                to(Type::TaskArrived, zhang),
                to(Type::TaskArrived, wang),
                to(Type::ApprovalRejected, li),
                to(Type::ApprovalRejected, zhang),
            ]
        );
    }
    for approval in &withdrawn {
        assert_eq!(
            of(&expected, approval),
            [
                to(Type::TaskArrived, zhang),
                to(Type::TaskArrived, wang),
                to(Type::ApprovalReturned, li),
                to(Type::ApprovalReturned, zhang),
                to(Type::TaskArrived, zhang),
                to(Type::TaskClosed, zhang),
                to(Type::ApprovalWithdrawn, wang),
            ]
        );
    }
    assert_eq!(
        of(&expected, &late),
        [to(Type::TaskArrived, zhang), to(Type::TaskReminded, zhang)]
    );
}

#[tokio::test]
async fn behind_every_position_is_exactly_the_rest() {
    let house = House::open().await;
    let before = list(&house, ListNotificationsRequest::default()).await;
    assert_eq!(before.notifications, []);
    let approval = house.returned_and_withdrawn().await;
    until_told(&house, &approval, Type::ApprovalWithdrawn, &house.wang.name()).await;
    let told = all(&house, 1_000).await;
    assert_eq!(told.len(), 7);
    for page_size in 1..=3 {
        assert_eq!(all(&house, page_size).await, told, "by pages of {page_size}");
    }
    // The return was told to two people by one event: in its middle, too.
    assert_eq!(told[2].event, told[3].event);
    for (index, last) in told.iter().enumerate() {
        let rest = &told[index + 1..];
        let request = ListNotificationsRequest {
            after_position: last.position,
            ..Default::default()
        };
        assert_eq!(list(&house, request).await.notifications, rest);
        let request = WatchNotificationsRequest {
            after_position: last.position,
            ..Default::default()
        };
        let mut stream = gateway(&house)
            .watch_notifications(request)
            .await
            .unwrap()
            .into_inner();
        for expected in rest {
            assert_eq!(next(&mut stream).await, *expected);
        }
    }
    // Whoever begins at the head hears what comes, and nothing of what was.
    let head = list(&house, ListNotificationsRequest::default())
        .await
        .head_position;
    assert!(head > told[6].position);
    let request = WatchNotificationsRequest {
        after_position: head,
        ..Default::default()
    };
    let mut stream = gateway(&house)
        .watch_notifications(request)
        .await
        .unwrap()
        .into_inner();
    let submitted = house.submit().await;
    let first = next(&mut stream).await;
    assert_eq!(
        (first.approval.as_str(), first.r#type()),
        (submitted.as_str(), Type::TaskArrived)
    );
    let task = house.task_of(&house.zhang, &submitted).await;
    assert_eq!(first.task, task.name);
    assert_eq!((first.title, first.step_title), (task.title, task.step_title));
    assert!(before.head_position <= head && before.next_position <= head);
}

#[tokio::test]
async fn texts_name_the_subject_and_what_was_said_in_both_languages() {
    let house = House::open().await;
    let approval = house.rejected().await;
    let told = until_told(&house, &approval, Type::ApprovalRejected, &house.li.name()).await;
    let (zh, en) = (told.zh.unwrap(), told.en.unwrap());
    assert_eq!(
        zh.body,
        "“HT-HD-2026-000001 上海晨光贸易”未通过审批。说明：付款条件不可接受"
    );
    assert_eq!(
        en.body,
        "“HT-HD-2026-000001 上海晨光贸易” was rejected. Comment: 付款条件不可接受"
    );
    assert_eq!(told.actor, house.wang.name());
    house
        .customers
        .next(Manner::Refuse("ERROR_REASON_CREDIT_EXCEEDED"));
    let refused = house.submit().await;
    let told = until_told(&house, &refused, Type::ApprovalRefused, &house.li.name()).await;
    assert!(told.zh.unwrap().body.ends_with("说明：信用额度不足。"));
    assert!(
        told.en
            .unwrap()
            .body
            .ends_with("Comment: The credit does not suffice.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_goes_from_one_replica_to_the_other() {
    let both = Replicas::start().await;
    let client = |replica: usize| NotificationServiceClient::new(both.channels[replica].clone());
    let watch = |after_position: i64| {
        let request = WatchNotificationsRequest {
            after_position,
            ..Default::default()
        };
        both.as_person(&both.admin, request)
    };
    let work = async {
        for number in 0..20 {
            let approval = both.submit(number % 2).await;
            let task = both.task_of((number + 1) % 2, &both.zhang, &approval).await;
            both.approve(number % 2, &both.zhang, &task).await.unwrap();
        }
    };
    // Each approval is told to the supervisor once, and to both managers.
    let hear = async {
        let mut heard: Vec<Notification> = Vec::new();
        let mut replica = 0;
        while heard.len() < 60 {
            let after = heard.last().map_or(0, |last| last.position);
            let mut stream = client(replica)
                .watch_notifications(watch(after))
                .await
                .unwrap()
                .into_inner();
            for _ in 0..=heard.len() % 3 {
                heard.push(next(&mut stream).await);
                if heard.len() == 60 {
                    break;
                }
            }
            replica = 1 - replica;
        }
        heard
    };
    let ((), heard) = tokio::join!(work, hear);
    for replica in 0..2 {
        let request = ListNotificationsRequest {
            page_size: 1_000,
            ..Default::default()
        };
        let request = both.as_person(&both.admin, request);
        let page = client(replica).list_notifications(request).await.unwrap();
        assert_eq!(page.into_inner().notifications, heard, "replica {replica}");
    }
}
