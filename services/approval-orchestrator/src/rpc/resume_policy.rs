use salient_operation::OpContext;
use salient_proto::approval::v1::{Policy, ResumePolicyRequest};

use super::{
    continue_paused::continue_released,
    turn::{Turning, turn},
};
use crate::{app::App, domain::standing::Turn, error::Error};

/// Puts a paused policy back into force, and has what waited for it go on (P1.3).
pub async fn resume_policy(app: App, op: OpContext, request: ResumePolicyRequest) -> Result<Policy, Error> {
    let turning = Turning {
        name: request.name,
        turn: Turn::Resume,
        reason: request.reason,
        etag: request.etag,
    };
    let policy = turn(&app, &op, &turning).await?;
    // After the change, and not one with it: each approval goes on by itself. What this does not come to, the sweep does.
    continue_released(&app, &op.actor()).await;
    Ok(policy)
}
