use salient_operation::OpContext;
use salient_proto::organization::v1::{LookupPostHoldersRequest, LookupPostHoldersResponse};

use super::wire::{lookup, name};
use crate::{app::App, domain::Refusal, error::Error};

/// Returns who holds a post for a unit on a date (P2.1).
pub async fn lookup_post_holders(
    app: App,
    op: OpContext,
    request: LookupPostHoldersRequest,
) -> Result<LookupPostHoldersResponse, Error> {
    let unit = name::unit(&request.unit, "unit")?;
    let post = lookup::post(request.post, "post")?;
    let date = app.date_or_today(request.date.as_ref(), "date")?;
    let chart = app.chart(&op, date).await?;
    if chart.roster().unit(unit).is_none() {
        return Err(Refusal::UnitUnknown(unit).into());
    }
    let rung = lookup::rung_to_proto(&chart.nearest(post, unit), &chart);
    Ok(LookupPostHoldersResponse { rung: Some(rung) })
}
