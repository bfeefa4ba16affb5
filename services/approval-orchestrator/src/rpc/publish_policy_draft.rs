use salient_operation::OpContext;
use salient_proto::approval::v1::{PolicyVersion, PublishPolicyDraftRequest};

use super::{
    publish::{Content, publish},
    wire,
};
use crate::{app::App, error::Error};

/// Publishes a draft as the policy's next version (P1.3).
pub async fn publish_policy_draft(
    app: App,
    op: OpContext,
    request: PublishPolicyDraftRequest,
) -> Result<PolicyVersion, Error> {
    let key = wire::draft::draft_key(&request.name).ok_or_else(|| Error::NotFound(request.name.clone()))?;
    let content = Content::Draft {
        key,
        etag: request.etag,
    };
    publish(&app, &op, &content).await
}
