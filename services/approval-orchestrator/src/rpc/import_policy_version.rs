use salient_operation::OpContext;
use salient_proto::approval::v1::{ImportPolicyVersionRequest, PolicyVersion};

use super::{
    publish::{Content, check, check_deadlines, publish},
    wire,
};
use crate::{app::App, domain::policy_text, error::Error};

/// Publishes a policy's next version from its readable text (P1.3).
pub async fn import_policy_version(
    app: App,
    op: OpContext,
    request: ImportPolicyVersionRequest,
) -> Result<PolicyVersion, Error> {
    let kind = wire::policy::kind_from(&request.parent).to_owned();
    let policy = policy_text::read(&request.text).map_err(Error::PolicyUnreadable)?;
    check(&app, &kind, &policy)?;
    check_deadlines(&app, &op, &policy).await?;
    publish(&app, &op, &Content::Given { kind, policy }).await
}
