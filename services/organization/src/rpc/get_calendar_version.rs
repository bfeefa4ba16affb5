use salient_operation::OpContext;
use salient_proto::organization::v1::{CalendarVersion, GetCalendarVersionRequest};

use super::wire::calendar;
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns a version (P2.1).
pub async fn get_calendar_version(
    app: App,
    op: OpContext,
    request: GetCalendarVersionRequest,
) -> Result<CalendarVersion, Error> {
    let (id, number) = calendar::version_id(&request.name, "name")?;
    let find = async |connection: &mut salient_database::Connection| {
        store::calendar_version_find(connection, id, number).await
    };
    let record = app.database.read(&op, Query::CalendarVersionFind, find).await?;
    let record = record.ok_or_else(|| Error::NotFound(request.name.clone()))?;
    Ok(calendar::version_to_proto(id, &record))
}
