use salient_proto::access::v1::{GetProfileRequest, Profile, profile_service_server::ProfileService};
use salient_server::unary;
use tonic::{Request, Response, Status, async_trait};

use super::{Rpc, get_profile::get_profile};

#[async_trait]
impl ProfileService for Rpc {
    async fn get_profile(&self, request: Request<GetProfileRequest>) -> Result<Response<Profile>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_profile(app, op, message)).await
    }
}
