use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::wire::{policy::version_name, subject::facts_from};
use crate::{
    app::App,
    domain::{
        facts::first_unmet,
        refusal::Refusal,
        resolution::{Resolution, resolve},
    },
    error::Error,
};

/// Answers who would sign a subject if it were submitted now, by the same rules as a submission (P6.1.1).
pub async fn preview_approval(
    app: App,
    op: OpContext,
    request: proto::PreviewApprovalRequest,
) -> Result<proto::PreviewApprovalResponse, Error> {
    let submitter = name::parse("employees", &request.submitter).map_err(|error| error.at("submitter"))?;
    let unit = name::parse("orgUnits", &request.unit).map_err(|error| error.at("unit"))?;
    let facts = facts_from(request.facts)?;
    let rulebook = app.rulebooks.latest(&op, &request.kind).await?.rulebook;
    if let Some(fact) = first_unmet(&rulebook.policy.facts, &facts) {
        return Err(Refusal::FactInvalid {
            fact: fact.name.clone(),
            kind: fact.kind,
        }
        .into());
    }
    let ladders = app.approvers.find(&op, &rulebook, submitter, unit).await?;
    let deputies = app.deputies.find(&op).await?;
    let now = app.clock.now();
    let steps = rulebook
        .policy
        .steps
        .iter()
        .enumerate()
        .filter_map(|(position, step)| {
            let Resolution { approvers, mut trace } = match rulebook.applies(position, &facts) {
                Ok(true) => match step.checked_by() {
                    Some(service) => Resolution {
                        approvers: Vec::new(),
                        trace: vec![format!("{service} is asked, and nobody else")],
                    },
                    None if step.takes_choice() => Resolution {
                        approvers: Vec::new(),
                        trace: vec!["the approver of the step before chooses".to_owned()],
                    },
                    None => resolve(step, &ladders, &[], submitter),
                },
                Ok(false) => return None,
                // It would be suspended here, as where nobody can be found.
                Err(error) => Resolution {
                    approvers: Vec::new(),
                    trace: vec![format!("the condition cannot be evaluated: {error}")],
                },
            };
            let mut asked: Vec<Uuid> = approvers.iter().map(|approver| approver.employee).collect();
            // Nobody has two parts in a step, whether they are there or have somebody asked for them.
            let mut taken = asked.clone();
            taken.push(submitter);
            for person in &mut asked {
                let may = |deputy: Uuid| !taken.contains(&deputy);
                if let Some(found) = deputies.stand_in(*person, &request.kind, now, may) {
                    trace.push(format!(
                        "employees/{} stands in for employees/{person}",
                        found.deputy
                    ));
                    taken.push(found.deputy);
                    *person = found.deputy;
                }
            }
            Some(proto::PreviewedStep {
                step: step.id.clone(),
                title: step.title.clone(),
                approvers: asked
                    .into_iter()
                    .map(|person| name::format("employees", person))
                    .collect(),
                trace,
            })
        });
    Ok(proto::PreviewApprovalResponse {
        policy_version: version_name(&rulebook.key),
        steps: steps.collect(),
    })
}
