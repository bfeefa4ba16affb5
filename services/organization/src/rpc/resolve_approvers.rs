use salient_operation::OpContext;
use salient_proto::organization::v1::{Ladder, ResolveApproversRequest, ResolveApproversResponse};

use super::wire::{lookup, name};
use crate::{
    app::App,
    domain::{Question, Refusal, Selector},
    error::Error,
};

/// Resolves approver selectors for a subject, all from one revision (P2.1, P6.1).
pub async fn resolve_approvers(
    app: App,
    op: OpContext,
    request: ResolveApproversRequest,
) -> Result<ResolveApproversResponse, Error> {
    let submitter = name::employee(&request.submitter, "submitter")?;
    let unit = name::unit(&request.unit, "unit")?;
    let date = app.date_or_today(request.date.as_ref(), "date")?;
    let selectors = request.selectors.iter().enumerate();
    let selectors: Vec<Selector> = selectors
        .map(|(index, sent)| lookup::selector(sent, index))
        .collect::<Result<_, _>>()?;

    let chart = app.chart(&op, date).await?;
    let roster = chart.roster();
    if roster.unit(unit).is_none() {
        return Err(Refusal::UnitUnknown(unit).into());
    }
    let named = selectors.iter().filter_map(|selector| match selector {
        Selector::Employee(person) => Some(*person),
        Selector::Post(_) | Selector::SubmitterSuperior => None,
    });
    if let Some(unknown) = named
        .chain([submitter])
        .find(|person| roster.employee(*person).is_none())
    {
        return Err(Refusal::EmployeeUnknown(unknown).into());
    }
    let question = Question { submitter, unit };
    let ladders = selectors.into_iter().map(|selector| {
        let rungs = chart.ladder(question, selector);
        Ladder {
            rungs: rungs
                .iter()
                .map(|rung| lookup::rung_to_proto(rung, &chart))
                .collect(),
        }
    });
    Ok(ResolveApproversResponse {
        ladders: ladders.collect(),
        organization_revision: roster.revision,
    })
}
