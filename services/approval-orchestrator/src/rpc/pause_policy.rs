use salient_operation::OpContext;
use salient_proto::approval::v1::{PausePolicyRequest, Policy};

use super::turn::{Turning, turn};
use crate::{app::App, domain::standing::Turn, error::Error};

/// Pauses a policy: what is submitted from then on waits (P1.3).
pub async fn pause_policy(app: App, op: OpContext, request: PausePolicyRequest) -> Result<Policy, Error> {
    let turning = Turning {
        name: request.name,
        turn: Turn::Pause,
        reason: request.reason,
        etag: request.etag,
    };
    turn(&app, &op, &turning).await
}
