use jiff::{SignedDuration, Timestamp};
use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::{OpContext, Reach};
use salient_paging::filter::{Comparison, Operator, Value};
use salient_proto::approval::v1::{SimulatePolicyRequest, SimulatePolicyResponse};
use salient_values::timestamp;
use uuid::Uuid;

use super::{named_policy, publish::check, wire};
use crate::{
    app::App,
    domain::{approval::Approval, policy::Policy, policy_text, simulate::simulate},
    error::Error,
    store::{ApprovalQuery, Query, approval_list},
};

/// The most approvals of a page: each is run through two versions.
const LARGEST_PAGE: i32 = 100;
/// The longest period.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Where a page ended: when the approval was submitted, and its id.
type Cursor = (Timestamp, Uuid);

/// Answers what would have changed for past approvals, had they run by another version (P1.3).
pub async fn simulate_policy(
    app: App,
    op: OpContext,
    request: SimulatePolicyRequest,
) -> Result<SimulatePolicyResponse, Error> {
    let kind = wire::policy::kind_from(&request.parent).to_owned();
    let period = period(&request)?;
    let policy = simulated(&app, &op, &request).await?;
    let rulebook = check(&app, &kind, &policy)?;
    let size = request.page_size.min(LARGEST_PAGE);
    let digest = super::publish::digest(&policy)?;
    let bounds = format!("{} {}", period.0, period.1);
    let parts = [kind.as_bytes(), bounds.as_bytes(), &digest];
    let page = app.pages.open::<Cursor>(&op, size, &request.page_token, &parts)?;
    let query = ApprovalQuery {
        reach: Reach::Company,
        filter: filter(&kind, period),
        after: page.after().copied(),
        limit: page.limit(),
    };
    let list =
        async move |connection: &mut Connection| Ok::<_, Error>(approval_list(connection, query).await?);
    let rows = app.database.read(&op, Query::ApprovalsSimulate, list).await?;
    let (rows, next_page_token) = page.close(rows, |row: &Approval| (row.create_time, row.id));
    let mut approvals = Vec::with_capacity(rows.len());
    for approval in &rows {
        let then = app.rulebooks.get(&op, &approval.policy_key()).await?;
        let simulated = simulate(&then, &rulebook, &approval.facts);
        approvals.push(wire::simulation::simulated_approval(approval, &simulated));
    }
    let changed = approvals.iter().filter(|approval| approval.changed);
    let problems = approvals.iter().filter(|approval| !approval.problem.is_empty());
    Ok(SimulatePolicyResponse {
        changed_count: i32::try_from(changed.count()).unwrap_or(i32::MAX),
        problem_count: i32::try_from(problems.count()).unwrap_or(i32::MAX),
        approvals,
        next_page_token,
    })
}

fn period(request: &SimulatePolicyRequest) -> Result<(Timestamp, Timestamp), Failure> {
    let time = |time: &Option<_>, field: &'static str| {
        let time = time
            .as_ref()
            .ok_or_else(|| Failure::invalid_field(field, "is required"))?;
        timestamp::from_proto(time).map_err(|error| error.at(field))
    };
    let start = time(&request.start_time, "start_time")?;
    let end = time(&request.end_time, "end_time")?;
    if end <= start {
        return Err(Failure::invalid_field(
            "end_time",
            "does not lie behind start_time",
        ));
    }
    if end.duration_since(start) > LONGEST {
        return Err(Failure::invalid_field(
            "end_time",
            "lies more than 366 days behind start_time",
        ));
    }
    Ok((start, end))
}

async fn simulated(app: &App, op: &OpContext, request: &SimulatePolicyRequest) -> Result<Policy, Error> {
    match (
        &request.policy_version,
        request.text.as_str(),
        request.name.as_str(),
    ) {
        (Some(version), "", "") => Ok(wire::policy::policy_from(version.clone())?),
        (None, text, "") if !text.is_empty() => policy_text::read(text).map_err(Error::PolicyUnreadable),
        (None, "", name) if !name.is_empty() => Ok(named_policy::policy(app, op, name).await?.1),
        _ => Err(Failure::invalid_field("policy_version", "set one of this, text and name").into()),
    }
}

fn filter(kind: &str, (start, end): (Timestamp, Timestamp)) -> Vec<Comparison> {
    let condition = |field, operator, value| Comparison {
        field,
        operator,
        value,
    };
    vec![
        condition("kind", Operator::Equal, Value::Text(kind.to_owned())),
        condition("create_time", Operator::GreaterOrEqual, Value::Timestamp(start)),
        condition("create_time", Operator::Less, Value::Timestamp(end)),
    ]
}
