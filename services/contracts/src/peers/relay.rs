use async_trait::async_trait;
use prost::Message as _;
use salient_operation::OpContext;
use salient_outbox::{Delivery, Disposition, Handler, disposition};
use salient_proto::approval::v1::{ErrorReason, RequestApprovalRequest};
use salient_server::Service as _;
use tonic::Status;

use super::{
    APPROVALS,
    approvals::{Approvals, is},
};
use crate::Contracts;

/// Delivers submissions to the orchestrator.
pub(crate) struct ApprovalRelay {
    approvals: Approvals,
}

impl ApprovalRelay {
    /// What the outbox calls a submission.
    pub(crate) const REQUEST: &'static str = "RequestApproval";

    pub(crate) fn new(approvals: Approvals) -> Self {
        Self { approvals }
    }
}

#[async_trait]
impl Handler for ApprovalRelay {
    fn destination(&self) -> &str {
        APPROVALS
    }

    async fn deliver(&self, delivery: &Delivery) -> Disposition {
        if delivery.method != Self::REQUEST {
            return stuck(format!("no such call: {}", delivery.method));
        }
        let request = match RequestApprovalRequest::decode(delivery.payload.as_slice()) {
            Ok(request) => request,
            Err(error) => return stuck(format!("the request does not decode: {error}")),
        };
        let mut op = OpContext::background(Contracts::NAME, "request_approval");
        op.traceparent.clone_from(&delivery.traceparent);
        match self.approvals.request(&op, request).await {
            Ok(()) => Disposition::Done,
            Err(status) if overtaken(&status) => Disposition::Done,
            Err(status) => disposition(&status),
        }
    }
}

fn stuck(reason: String) -> Disposition {
    Disposition::Stuck { reason }
}

/// Whether the approval ended while this round of it was on its way: its submitter withdrew it just before resubmitting. The
/// outcome says so to the contract; there is nothing left to deliver.
fn overtaken(status: &Status) -> bool {
    is(status, ErrorReason::ApprovalClosed) || is(status, ErrorReason::RoundOutOfOrder)
}

#[cfg(test)]
mod tests {
    use salient_failure::{Failure, Kind, Locale};
    use salient_proto::approval::v1::ErrorReason;

    use super::overtaken;

    #[test]
    fn only_an_ended_approval_makes_a_round_pointless() {
        let status = |reason| Failure::new(Kind::FailedPrecondition, reason).into_status(Locale::English);
        assert!(overtaken(&status(ErrorReason::RoundOutOfOrder)));
        assert!(overtaken(&status(ErrorReason::ApprovalClosed)));
        assert!(!overtaken(&status(ErrorReason::PolicyMissing)));
    }
}
