use salient_operation::OpContext;
use salient_proto::organization::v1::{ListCalendarsRequest, ListCalendarsResponse};

use super::{list::LARGEST, wire::calendar};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Lists calendars by id (P2.1).
pub async fn list_calendars(
    app: App,
    op: OpContext,
    request: ListCalendarsRequest,
) -> Result<ListCalendarsResponse, Error> {
    let page = app
        .pages
        .open::<String>(&op, request.page_size.min(LARGEST), &request.page_token, &[])?;
    let (after, limit) = (page.after().cloned(), page.limit());
    let list = async |connection: &mut salient_database::Connection| {
        store::calendar_list(connection, after, limit).await
    };
    let found = app.database.read(&op, Query::CalendarList, list).await?;
    let (found, next_page_token) = page.close(found, |last| last.id.clone());
    Ok(ListCalendarsResponse {
        calendars: found.iter().map(calendar::to_proto).collect(),
        next_page_token,
    })
}
