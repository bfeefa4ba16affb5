//! The auditor's methods.

use salient_proto::approval::v1::{self as proto, audit_service_server};
use salient_server::{Answers, server_stream, unary};
use tonic::{Request, Response, Status};

use super::{
    Rpc, export_audit_trails::export_audit_trails, list_anchor_keys::list_anchor_keys,
    verify_all_audit_trails::verify_all_audit_trails,
};

#[tonic::async_trait]
impl audit_service_server::AuditService for Rpc {
    type VerifyAllAuditTrailsStream = Answers<proto::VerifyAllAuditTrailsResponse>;
    type ExportAuditTrailsStream = Answers<proto::ExportAuditTrailsResponse>;

    async fn verify_all_audit_trails(
        &self,
        request: Request<proto::VerifyAllAuditTrailsRequest>,
    ) -> Result<Response<Self::VerifyAllAuditTrailsStream>, Status> {
        let app = self.0.clone();
        server_stream(request, move |op, message| {
            verify_all_audit_trails(app, op, message)
        })
        .await
    }

    async fn export_audit_trails(
        &self,
        request: Request<proto::ExportAuditTrailsRequest>,
    ) -> Result<Response<Self::ExportAuditTrailsStream>, Status> {
        let app = self.0.clone();
        server_stream(request, move |op, message| export_audit_trails(app, op, message)).await
    }

    async fn list_anchor_keys(
        &self,
        request: Request<proto::ListAnchorKeysRequest>,
    ) -> Result<Response<proto::ListAnchorKeysResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| list_anchor_keys(app, op, message)).await
    }
}
