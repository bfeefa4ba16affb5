use salient_operation::OpContext;
use salient_proto::organization::v1::{LookupSuperiorsRequest, LookupSuperiorsResponse};

use super::wire::{lookup, name};
use crate::{app::App, domain::Refusal, error::Error};

/// Returns a person's superiors on a date, the direct one first (P2.1).
pub async fn lookup_superiors(
    app: App,
    op: OpContext,
    request: LookupSuperiorsRequest,
) -> Result<LookupSuperiorsResponse, Error> {
    let employee = name::employee(&request.employee, "employee")?;
    let date = app.date_or_today(request.date.as_ref(), "date")?;
    let chart = app.chart(&op, date).await?;
    if chart.roster().employee(employee).is_none() {
        return Err(Refusal::EmployeeUnknown(employee).into());
    }
    let superiors = chart.superiors(employee);
    let superiors = superiors
        .iter()
        .map(|rung| lookup::rung_to_proto(rung, &chart))
        .collect();
    Ok(LookupSuperiorsResponse { superiors })
}
