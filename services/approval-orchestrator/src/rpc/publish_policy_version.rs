use salient_operation::OpContext;
use salient_proto::approval::v1::{PolicyVersion, PublishPolicyVersionRequest};

use super::{
    publish::{Content, check, check_deadlines, publish},
    wire,
};
use crate::{app::App, error::Error};

/// Publishes a policy's next version, or only checks it (P1.3).
pub async fn publish_policy_version(
    app: App,
    op: OpContext,
    request: PublishPolicyVersionRequest,
) -> Result<PolicyVersion, Error> {
    let kind = wire::policy::kind_from(&request.parent).to_owned();
    let policy = wire::policy::policy_from(request.policy_version.unwrap_or_default())?;
    check(&app, &kind, &policy)?;
    check_deadlines(&app, &op, &policy).await?;
    if request.validate_only {
        return Ok(wire::policy::content(&policy));
    }
    publish(&app, &op, &Content::Given { kind, policy }).await
}
