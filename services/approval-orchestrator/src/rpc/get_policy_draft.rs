use salient_operation::OpContext;
use salient_proto::approval::v1::{GetPolicyDraftRequest, PolicyDraft};

use super::{named_policy, wire};
use crate::{app::App, error::Error};

/// Returns a draft (P1.3).
pub async fn get_policy_draft(
    app: App,
    op: OpContext,
    request: GetPolicyDraftRequest,
) -> Result<PolicyDraft, Error> {
    let key = wire::draft::draft_key(&request.name).ok_or_else(|| Error::NotFound(request.name.clone()))?;
    Ok(wire::draft::draft(&named_policy::draft(&app, &op, &key).await?))
}
