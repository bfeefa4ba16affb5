use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{GetPolicyRequest, Policy};

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, policy_get},
};

/// Returns a policy: whether it is in force, and its newest version (P1.3).
pub async fn get_policy(app: App, op: OpContext, request: GetPolicyRequest) -> Result<Policy, Error> {
    let kind = wire::policy::kind_from(&request.name);
    let get = async move |connection: &mut Connection| Ok::<_, Error>(policy_get(connection, kind).await?);
    let row = app.database.read(&op, Query::PolicyGet, get).await?;
    let row = row.ok_or_else(|| Error::NotFound(request.name.clone()))?;
    Ok(wire::standing::policy(&row))
}
