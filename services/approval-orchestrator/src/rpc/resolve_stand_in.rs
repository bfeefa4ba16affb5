use salient_failure::Kind;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ResolveStandInRequest, ResolveStandInResponse};
use salient_values::name;
use uuid::Uuid;

use super::wire::deputyship as convert;
use crate::{app::App, error::Error};

/// Says who would be asked in somebody's place (P1.3).
pub async fn resolve_stand_in(
    app: App,
    op: OpContext,
    request: ResolveStandInRequest,
) -> Result<ResolveStandInResponse, Error> {
    let principal = match convert::person_from(&request.principal, "principal")? {
        Some(principal) => principal,
        None => op.person()?.person,
    };
    op.permit.check(principal, Uuid::nil())?;
    let now = app.clock.now();
    let at = convert::instant_from(request.time, "time")?
        .unwrap_or(now)
        .max(now);
    let deputies = app.deputies.find(&op).await?;
    let mut active = Vec::new();
    for person in deputies.reached(principal, &request.kind, at) {
        match app.directory.profile(person).await {
            Ok(profile) if profile.active => active.push(person),
            Ok(_) => {}
            Err(failure) if failure.kind() == Kind::NotFound => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    let found = deputies.stand_in(principal, &request.kind, at, |person| active.contains(&person));
    let employee = |person| name::format("employees", person);
    Ok(
        found.map_or_else(ResolveStandInResponse::default, |found| ResolveStandInResponse {
            deputy: employee(found.deputy),
            deputy_display_name: found.display_name,
            chain: found.chain.into_iter().map(employee).collect(),
        }),
    )
}
