use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ExportPolicyVersionRequest, ExportPolicyVersionResponse};

use super::{named_policy, wire::policy::version_name};
use crate::{app::App, domain::policy_text, error::Error};

/// Returns a version as readable text (P1.3).
pub async fn export_policy_version(
    app: App,
    op: OpContext,
    request: ExportPolicyVersionRequest,
) -> Result<ExportPolicyVersionResponse, Error> {
    let row = named_policy::version(&app, &op, &request.name).await?;
    Ok(ExportPolicyVersionResponse {
        name: version_name(&row.key),
        text: policy_text::write(&row.policy).map_err(Failure::internal)?,
    })
}
