//! A calendar ready to be reckoned in.

use jiff::tz::TimeZone;
use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;

use crate::{
    app::App,
    domain::calendar::{Calendar, Unanswerable},
    error::Error,
    store::{self, Query},
};

/// The calendar with all that it says.
pub async fn calendar_find(app: &App, op: &OpContext, id: &str) -> Result<Calendar, Error> {
    let find = async |connection: &mut Connection| {
        let record = store::calendar_find(connection, id).await?;
        let record = record.ok_or_else(|| Error::NotFound(format!("calendars/{id}")))?;
        Ok::<_, Error>((record, store::calendar_versions(connection, id).await?))
    };
    let (record, versions) = app.database.read(op, Query::CalendarFind, find).await?;
    let zone = TimeZone::get(&record.time_zone).map_err(Failure::internal)?;
    Ok(Calendar::new(zone, versions))
}

/// Why a question about working time has no answer, as callers are told.
pub fn unanswerable(id: &str, why: Unanswerable) -> Error {
    let calendar = id.to_owned();
    match why {
        Unanswerable::NotEffective(date) => Error::CalendarNotEffective { calendar, date },
        Unanswerable::Exhausted => Error::CalendarExhausted { calendar },
    }
}
