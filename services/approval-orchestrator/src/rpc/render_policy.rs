use salient_operation::OpContext;
use salient_proto::approval::v1::{RenderPolicyRequest, RenderPolicyResponse, render_policy_request::Format};

use super::{named_policy, publish::check};
use crate::{app::App, domain::picture, error::Error};

/// Draws a version or a draft (P1.3). What is not sound is not drawn: its picture would promise what it does not do.
pub async fn render_policy(
    app: App,
    op: OpContext,
    request: RenderPolicyRequest,
) -> Result<RenderPolicyResponse, Error> {
    let (kind, policy) = named_policy::policy(&app, &op, &request.name).await?;
    check(&app, &kind, &policy)?;
    let (content, media_type) = match request.format() {
        Format::Mermaid => (picture::mermaid(&policy), "text/vnd.mermaid"),
        Format::Svg | Format::Unspecified => (picture::svg(&policy), "image/svg+xml"),
    };
    Ok(RenderPolicyResponse {
        content,
        media_type: media_type.to_owned(),
    })
}
