use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{GetPolicyVersionRequest, PolicyVersion};

use super::wire;
use crate::{
    app::App,
    domain::policy::PolicyKey,
    error::Error,
    store::{Query, policy_find, policy_latest},
};

/// Returns a version of a policy; `latest` names the newest (P1.3).
pub async fn get_policy_version(
    app: App,
    op: OpContext,
    request: GetPolicyVersionRequest,
) -> Result<PolicyVersion, Error> {
    let name = &request.name;
    let missing = || Error::NotFound(name.clone());
    let (policy, version) = name.split_once("/versions/").ok_or_else(missing)?;
    let kind = wire::policy::kind_from(policy);
    let key = match version {
        "latest" => None,
        number => Some(PolicyKey {
            kind: kind.to_owned(),
            version: number.parse().map_err(|_| missing())?,
        }),
    };
    let find = async move |connection: &mut Connection| {
        let found = match &key {
            Some(key) => policy_find(connection, key).await,
            None => policy_latest(connection, kind).await,
        };
        Ok::<_, Error>(found?)
    };
    let row = app.database.read(&op, Query::PolicyFind, find).await?;
    Ok(wire::policy::policy_version(&row.ok_or_else(missing)?))
}
