use jiff::SignedDuration;
use salient_operation::OpContext;
use salient_proto::organization::v1::{AddWorkingTimeRequest, AddWorkingTimeResponse};
use salient_values::timestamp;

use super::{
    calendar_find::{calendar_find, unanswerable},
    wire::calendar,
};
use crate::{app::App, error::Error};

/// Returns the instant that lies an amount of working time after another (P2.1).
pub async fn add_working_time(
    app: App,
    op: OpContext,
    request: AddWorkingTimeRequest,
) -> Result<AddWorkingTimeResponse, Error> {
    let id = calendar::id(&request.calendar, "calendar")?;
    let start = timestamp::from_proto(&request.start_time.unwrap_or_default())
        .map_err(|error| error.at("start_time"))?;
    let amount = request.working_time.unwrap_or_default();
    let amount = SignedDuration::new(amount.seconds, amount.nanos);
    let found = calendar_find(&app, &op, id).await?;
    let end = found.add(start, amount).map_err(|why| unanswerable(id, why))?;
    Ok(AddWorkingTimeResponse {
        end_time: Some(timestamp::to_proto(end)),
        calendar_version: calendar::version_name(id, found.latest()),
    })
}
