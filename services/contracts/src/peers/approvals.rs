use salient_failure::{Failure, Kind, reason_of};
use salient_operation::OpContext;
use salient_peers::{Error as PeerError, PeerChannel, Peers, outbound, refused};
use salient_proto::approval::v1::{
    ErrorReason, PreviewApprovalRequest, PreviewApprovalResponse, RequestApprovalRequest,
    SupersedeApprovalRequest, intake_service_client::IntakeServiceClient,
};
use salient_values::name;
use tonic::{Code, Status};
use uuid::Uuid;

use super::APPROVALS;
use crate::{domain::Head, error::Error};

/// The service `approval-orchestrator`.
#[derive(Clone)]
pub(crate) struct Approvals(IntakeServiceClient<PeerChannel>);

impl Approvals {
    pub(crate) fn new(peers: &Peers) -> Result<Self, PeerError> {
        Ok(Self(IntakeServiceClient::new(peers.channel(APPROVALS)?)))
    }

    /// Asks for a sign-off. The relay's: a submission only writes it into the outbox.
    ///
    /// # Errors
    /// The orchestrator's status.
    pub(crate) async fn request(
        &self,
        op: &OpContext,
        request: RequestApprovalRequest,
    ) -> Result<(), Status> {
        let mut client = self.0.clone();
        client.request_approval(outbound(op, request)).await.map(drop)
    }

    /// Ends a contract's open approval because the caller is about to change the contract. The approval's row decides between this
    /// and a decision at the same instant.
    ///
    /// # Errors
    /// [`Error::SignOffDecided`] where the decision came first; [`Error::SignOffStarting`] where the approval has not begun.
    pub(crate) async fn supersede(
        &self,
        op: &OpContext,
        contract: &Head,
        approval: Uuid,
    ) -> Result<(), Error> {
        let contract = contract.id;
        let request = SupersedeApprovalRequest {
            approval: name::format("approvals", approval),
            actor: op.actor(),
            // Superseding twice is superseding once, so every attempt may have its own key.
            request_id: Uuid::now_v7().to_string(),
        };
        let answer = self.0.clone().supersede_approval(outbound(op, request)).await;
        match answer {
            Ok(_) => Ok(()),
            Err(status) if status.code() == Code::NotFound => {
                Err(Error::SignOffStarting { contract, approval })
            }
            Err(status) if is(&status, ErrorReason::ApprovalClosed) => {
                Err(Error::SignOffDecided { contract, approval })
            }
            Err(status) => Err(refused(APPROVALS, status).into()),
        }
    }

    /// Asks who would sign.
    ///
    /// # Errors
    /// The orchestrator cannot be asked, or has no policy in force.
    pub(crate) async fn preview(
        &self,
        op: &OpContext,
        request: PreviewApprovalRequest,
    ) -> Result<PreviewApprovalResponse, Error> {
        let kind = request.kind.clone();
        let answer = self.0.clone().preview_approval(outbound(op, request)).await;
        let preview = answer.map_err(|status| {
            let none_applies = [ErrorReason::PolicyMissing, ErrorReason::PolicyRetired];
            match none_applies.into_iter().find(|reason| is(&status, *reason)) {
                Some(reason) => Failure::new(Kind::FailedPrecondition, reason).with("kind", kind),
                None => refused(APPROVALS, status),
            }
        })?;
        Ok(preview.into_inner())
    }
}

/// Whether the orchestrator refused for this reason.
pub(super) fn is(status: &Status, reason: ErrorReason) -> bool {
    reason_of(status).as_deref() == Some(reason.as_str_name())
}
