use jiff::{ToSpan as _, tz::TimeZone};
use prost_types::Duration;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{MeasureWorkingTimeRequest, MeasureWorkingTimeResponse};
use salient_values::timestamp;

use super::{
    calendar_find::{calendar_find, unanswerable},
    wire::calendar,
};
use crate::{app::App, domain::calendar::YEARS, error::Error};

/// Returns how much working time lies between two instants (P2.1).
pub async fn measure_working_time(
    app: App,
    op: OpContext,
    request: MeasureWorkingTimeRequest,
) -> Result<MeasureWorkingTimeResponse, Error> {
    let id = calendar::id(&request.calendar, "calendar")?;
    let start = timestamp::from_proto(&request.start_time.unwrap_or_default())
        .map_err(|error| error.at("start_time"))?;
    let end =
        timestamp::from_proto(&request.end_time.unwrap_or_default()).map_err(|error| error.at("end_time"))?;
    let last = start
        .to_zoned(TimeZone::UTC)
        .saturating_add(YEARS.years())
        .timestamp();
    if end < start || last < end {
        return Err(Failure::invalid_field("end_time", "must be within ten years after start_time").into());
    }
    let found = calendar_find(&app, &op, id).await?;
    let length = found.measure(start, end).map_err(|why| unanswerable(id, why))?;
    Ok(MeasureWorkingTimeResponse {
        working_time: Some(Duration {
            seconds: length.as_secs(),
            nanos: length.subsec_nanos(),
        }),
        calendar_version: calendar::version_name(id, found.latest()),
    })
}
