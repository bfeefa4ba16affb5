use jiff::tz::TimeZone;
use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{Calendar, CalendarCreated, CreateCalendarRequest};

use super::{reaches_company, wire};
use crate::{
    app::App,
    error::Error,
    store::{self, CalendarRecord, Query},
};

/// Makes a calendar, empty as yet (P2.1).
pub async fn create_calendar(
    app: App,
    op: OpContext,
    request: CreateCalendarRequest,
) -> Result<Calendar, Error> {
    reaches_company(&op)?;
    let sent = request.calendar.unwrap_or_default();
    let display_name = wire::display_name(&sent.display_name, "calendar.display_name")?;
    if TimeZone::get(&sent.time_zone).is_err() {
        return Err(Failure::invalid_field(
            "calendar.time_zone",
            "must be an IANA time zone such as Asia/Shanghai",
        )
        .into());
    }

    app.database
        .mutate(&op, Query::CalendarCreate, async |tx: &mut Tx| {
            let now = tx.now();
            let record = CalendarRecord {
                id: request.calendar_id.clone(),
                display_name: display_name.clone(),
                time_zone: sent.time_zone.clone(),
                latest: 0,
                version: 1,
                create_time: now,
                update_time: now,
            };
            store::calendar_insert(tx, &record)
                .await
                .map_err(|error| taken(error, &record))?;
            let made = wire::calendar::to_proto(&record);
            tx.announce(NewEvent::of(
                made.name.clone(),
                &CalendarCreated {
                    calendar: Some(made.clone()),
                },
            ));
            Ok(made)
        })
        .await
}

fn taken(error: salient_database::Error, record: &CalendarRecord) -> Error {
    if error.violates("calendar_pkey") {
        Error::CalendarIdTaken {
            calendar: record.id.clone(),
        }
    } else {
        error.into()
    }
}
