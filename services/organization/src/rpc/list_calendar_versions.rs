use salient_operation::OpContext;
use salient_proto::organization::v1::{ListCalendarVersionsRequest, ListCalendarVersionsResponse};

use super::wire::calendar;
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// The rows of a page where the caller does not say, and the most: a version may hold years of holidays.
const DEFAULT: i32 = 10;
const LARGEST: i32 = 50;

/// Lists a calendar's versions, the newest first (P2.1).
pub async fn list_calendar_versions(
    app: App,
    op: OpContext,
    request: ListCalendarVersionsRequest,
) -> Result<ListCalendarVersionsResponse, Error> {
    let id = calendar::id(&request.parent, "parent")?;
    let size = if request.page_size == 0 {
        DEFAULT
    } else {
        request.page_size.min(LARGEST)
    };
    let page = app
        .pages
        .open::<i32>(&op, size, &request.page_token, &[id.as_bytes()])?;
    let (before, limit) = (page.after().copied(), page.limit());
    let list = async |connection: &mut salient_database::Connection| {
        let known = store::calendar_find(connection, id).await?;
        known.ok_or_else(|| Error::NotFound(request.parent.clone()))?;
        Ok::<_, Error>(store::calendar_version_list(connection, id, before, limit).await?)
    };
    let versions = app.database.read(&op, Query::CalendarVersionList, list).await?;
    let (versions, next_page_token) = page.close(versions, |last| last.version.number);
    let calendar_versions = versions
        .iter()
        .map(|version| calendar::version_to_proto(id, version))
        .collect();
    Ok(ListCalendarVersionsResponse {
        calendar_versions,
        next_page_token,
    })
}
