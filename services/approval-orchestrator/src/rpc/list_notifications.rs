use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{ListNotificationsRequest, ListNotificationsResponse},
    events::v1::ListEventsRequest,
};

use super::{notification_service::Filter, wire::notification};
use crate::{SERVICE, app::App, domain::notification::Position, error::Error};

/// Page sizes.
const DEFAULT_PAGE: i32 = 100;
const LARGEST_PAGE: i32 = 1_000;

/// Returns notifications after a position (P6.1.2, P6.1.3).
pub async fn list_notifications(
    app: App,
    op: OpContext,
    request: ListNotificationsRequest,
) -> Result<ListNotificationsResponse, Error> {
    let after = Position::from_number(request.after_position);
    let size = match request.page_size {
        0 => DEFAULT_PAGE,
        size => size.min(LARGEST_PAGE),
    };
    let filter = Filter::new(request.recipients, request.posts, request.types);
    let events = ListEventsRequest {
        parent: format!("services/{SERVICE}"),
        after_position: after.read_after(),
        // Most events have one notification or none.
        page_size: size.max(DEFAULT_PAGE),
        types: notification::event_types(),
    };
    let page = app.feed.list_events(&op, events).await?;
    let mut next_position = Position::behind(page.next_position).max(after).number();
    let size = usize::try_from(size).unwrap_or_default();
    let mut notifications = Vec::new();
    for event in &page.events {
        let told = notification::notifications(event)?.into_iter();
        notifications.extend(told.filter(|told| told.position > after.number() && filter.admits(told)));
        if notifications.len() > size {
            notifications.truncate(size);
            // In the middle of an event, perhaps: the rest of it is read again.
            if let Some(last) = notifications.last() {
                next_position = last.position;
            }
            break;
        }
    }
    let head = app.feed.head(&op).await?;
    Ok(ListNotificationsResponse {
        notifications,
        next_position,
        head_position: Position::behind(head).number(),
    })
}
