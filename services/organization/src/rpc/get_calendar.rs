use salient_operation::OpContext;
use salient_proto::organization::v1::{Calendar, GetCalendarRequest};

use super::wire::calendar;
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns a calendar (P2.1).
pub async fn get_calendar(app: App, op: OpContext, request: GetCalendarRequest) -> Result<Calendar, Error> {
    let id = calendar::id(&request.name, "name")?;
    let find =
        async |connection: &mut salient_database::Connection| store::calendar_find(connection, id).await;
    let record = app.database.read(&op, Query::CalendarFind, find).await?;
    Ok(calendar::to_proto(
        &record.ok_or_else(|| Error::NotFound(request.name.clone()))?,
    ))
}
