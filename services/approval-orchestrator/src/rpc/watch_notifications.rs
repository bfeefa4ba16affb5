use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{Notification, WatchNotificationsRequest},
    events::v1::StreamEventsRequest,
};

use super::{notification_service::Filter, wire::notification};
use crate::{SERVICE, app::App, domain::notification::Position, error::Error};

/// Streams notifications after a position, then each as it happens (P6.1.2, P6.1.3). In hand are at most one page of the feed and the
/// notifications of one event, however slowly the client takes them.
pub async fn watch_notifications(
    app: App,
    _: OpContext,
    request: WatchNotificationsRequest,
) -> Result<impl Stream<Item = Result<Notification, Error>>, Error> {
    let after = Position::from_number(request.after_position);
    let filter = Filter::new(request.recipients, request.posts, request.types);
    let events = app.feed.stream_events(StreamEventsRequest {
        parent: format!("services/{SERVICE}"),
        after_position: after.read_after(),
        types: notification::event_types(),
    })?;
    let told = events
        .and_then(|event| std::future::ready(notification::notifications(&event)))
        .map_ok(|told| stream::iter(told.into_iter().map(Ok::<_, Failure>)))
        .try_flatten()
        .map_err(Error::from)
        .try_filter(move |told| std::future::ready(told.position > after.number() && filter.admits(told)));
    // A drain would otherwise wait for it until its patience ends, and cut it off with an error. The client goes on elsewhere.
    Ok(told.take_until(app.shutdown.cancelled_owned()))
}
