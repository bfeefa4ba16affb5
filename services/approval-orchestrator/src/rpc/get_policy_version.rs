use salient_operation::OpContext;
use salient_proto::approval::v1::{GetPolicyVersionRequest, PolicyVersion};

use super::{named_policy, wire};
use crate::{app::App, error::Error};

/// Returns a version of a policy; `latest` names the newest (P1.3).
pub async fn get_policy_version(
    app: App,
    op: OpContext,
    request: GetPolicyVersionRequest,
) -> Result<PolicyVersion, Error> {
    let row = named_policy::version(&app, &op, &request.name).await?;
    Ok(wire::policy::policy_version(&row))
}
