use jiff::SignedDuration;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{
    BatchAddWorkingTimeRequest, BatchAddWorkingTimeResponse, working_amount::Measure,
};
use salient_values::timestamp;

use super::{
    calendar_find::{calendar_find, unanswerable},
    wire::calendar,
};
use crate::{app::App, error::Error};

/// The most working time of an amount: 10,000 hours.
const MAX_SECONDS: i64 = 36_000_000;
/// The most working days of an amount.
const MAX_DAYS: i32 = 1000;

/// Returns the instants that lie several amounts of working time after another (P2.1).
pub async fn batch_add_working_time(
    app: App,
    op: OpContext,
    request: BatchAddWorkingTimeRequest,
) -> Result<BatchAddWorkingTimeResponse, Error> {
    let id = calendar::id(&request.calendar, "calendar")?;
    let start = timestamp::from_proto(&request.start_time.unwrap_or_default())
        .map_err(|error| error.at("start_time"))?;
    let found = calendar_find(&app, &op, id).await?;
    let mut end_times = Vec::with_capacity(request.amounts.len());
    for (index, amount) in request.amounts.iter().enumerate() {
        let end = match amount.measure {
            Some(Measure::WorkingTime(time))
                if (0..=MAX_SECONDS).contains(&time.seconds) && time.nanos >= 0 =>
            {
                found.add(start, SignedDuration::new(time.seconds, time.nanos))
            }
            Some(Measure::WorkingDays(days)) if (1..=MAX_DAYS).contains(&days) => found.add_days(start, days),
            Some(_) | None => {
                let what = "must be from 0 to 10,000 hours, or from 1 to 1000 days";
                return Err(Failure::invalid_field(format!("amounts[{index}]"), what).into());
            }
        };
        end_times.push(timestamp::to_proto(end.map_err(|why| unanswerable(id, why))?));
    }
    Ok(BatchAddWorkingTimeResponse {
        end_times,
        calendar_version: calendar::version_name(id, found.latest()),
    })
}
