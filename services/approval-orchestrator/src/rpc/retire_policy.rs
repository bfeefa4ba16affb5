use salient_operation::OpContext;
use salient_proto::approval::v1::{Policy, RetirePolicyRequest};

use super::turn::{Turning, turn};
use crate::{app::App, domain::standing::Turn, error::Error};

/// Takes a policy out of force (P1.3).
pub async fn retire_policy(app: App, op: OpContext, request: RetirePolicyRequest) -> Result<Policy, Error> {
    let turning = Turning {
        name: request.name,
        turn: Turn::Retire,
        reason: request.reason,
        etag: request.etag,
    };
    turn(&app, &op, &turning).await
}
