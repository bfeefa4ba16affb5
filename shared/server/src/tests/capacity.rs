//! One call too many.

use std::sync::Arc;

use salient_config::Limits;
use tokio::sync::Notify;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{Methods, Server, handler};

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_with_a_time_to_retry() {
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (enter, wait) = (Arc::clone(&entered), Arc::clone(&go_on));
    let list = handler(move |_, _| {
        let (enter, wait) = (Arc::clone(&enter), Arc::clone(&wait));
        async move {
            enter.notify_one();
            wait.notified().await;
            Ok(Default::default())
        }
    });
    let limits = Limits {
        concurrent_calls: 1,
        ..Limits::default()
    };
    let server = Server::start_with(
        Methods {
            list,
            ..Methods::default()
        },
        limits,
    )
    .await;
    let mut feed = server.feed().await;
    let first = tokio::spawn({
        let (mut feed, request) = (feed.clone(), server.list());
        async move { feed.list_events(request).await }
    });
    entered.notified().await;

    let mut request = server.list();
    request
        .metadata_mut()
        .insert("accept-language", "zh-CN".parse().unwrap());
    let status = feed.list_events(request).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "ERROR_REASON_OVERLOADED"
    );
    assert!(status.get_details_retry_info().unwrap().retry_delay.is_some());
    assert_eq!(
        status.get_details_localized_message().unwrap().message,
        "系统繁忙，请稍后重试。"
    );

    go_on.notify_waiters();
    first.await.unwrap().unwrap();
    go_on.notify_one();
    feed.list_events(server.list()).await.unwrap();
}
