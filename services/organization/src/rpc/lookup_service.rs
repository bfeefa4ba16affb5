use salient_proto::organization::v1::{
    LookupPostHoldersRequest, LookupPostHoldersResponse, LookupSuperiorsRequest, LookupSuperiorsResponse,
    ResolveApproversRequest, ResolveApproversResponse, lookup_service_server::LookupService,
};
use salient_server::unary;
use tonic::{Request, Response, Status, async_trait};

use super::{
    Rpc, lookup_post_holders::lookup_post_holders, lookup_superiors::lookup_superiors,
    resolve_approvers::resolve_approvers,
};

#[async_trait]
impl LookupService for Rpc {
    async fn lookup_post_holders(
        &self,
        request: Request<LookupPostHoldersRequest>,
    ) -> Result<Response<LookupPostHoldersResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| lookup_post_holders(app, op, message)).await
    }

    async fn lookup_superiors(
        &self,
        request: Request<LookupSuperiorsRequest>,
    ) -> Result<Response<LookupSuperiorsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| lookup_superiors(app, op, message)).await
    }

    async fn resolve_approvers(
        &self,
        request: Request<ResolveApproversRequest>,
    ) -> Result<Response<ResolveApproversResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| resolve_approvers(app, op, message)).await
    }
}
