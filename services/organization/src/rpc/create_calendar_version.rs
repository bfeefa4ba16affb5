use jiff::tz::TimeZone;
use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{
    CalendarVersion, CalendarVersionCreated, CreateCalendarVersionRequest,
};

use super::{reaches_company, wire::calendar};
use crate::{
    app::App,
    domain::calendar::Version,
    error::Error,
    store::{self, Query, VersionRecord},
    today::Today,
};

/// Publishes what a calendar says from a date on (P2.1).
pub async fn create_calendar_version(
    app: App,
    op: OpContext,
    request: CreateCalendarVersionRequest,
) -> Result<CalendarVersion, Error> {
    reaches_company(&op)?;
    let id = calendar::id(&request.parent, "parent")?;
    let version = calendar::version_from_proto(&request.calendar_version.clone().unwrap_or_default())?;

    app.database
        .mutate(&op, Query::CalendarVersionCreate, async |tx: &mut Tx| {
            // Two at once would take the same number.
            let found = store::calendar_find_for_update(tx, id).await?;
            let record = found.ok_or_else(|| Error::NotFound(request.parent.clone()))?;
            let zone = TimeZone::get(&record.time_zone).map_err(Failure::internal)?;
            let (date, today) = (version.effective, Today::in_zone(zone).date());
            if record.latest > 0 && date < today {
                return Err(Error::DateInPast { date, today });
            }
            let version = Version {
                number: record.latest + 1,
                ..version.clone()
            };
            let published = VersionRecord {
                version,
                create_time: tx.now(),
            };
            store::calendar_version_insert(tx, id, &published).await?;
            let made = calendar::version_to_proto(id, &published);
            let created = CalendarVersionCreated {
                calendar_version: Some(made.clone()),
            };
            tx.announce(NewEvent::of(request.parent.clone(), &created));
            Ok(made)
        })
        .await
}
