use salient_proto::organization::v1::{
    BatchGetOrgUnitsRequest, BatchGetOrgUnitsResponse, CloseOrgUnitRequest, CreateOrgUnitRequest,
    GetOrgUnitRequest, ListOrgUnitsRequest, ListOrgUnitsResponse, ListPlacementsRequest,
    ListPlacementsResponse, MoveOrgUnitRequest, OrgUnit, UpdateOrgUnitRequest,
    org_unit_service_server::OrgUnitService,
};
use salient_server::unary;
use tonic::{Request, Response, Status, async_trait};

use super::{
    Rpc, batch_get_org_units::batch_get_org_units, close_org_unit::close_org_unit,
    create_org_unit::create_org_unit, get_org_unit::get_org_unit, list_org_units::list_org_units,
    list_placements::list_placements, move_org_unit::move_org_unit, update_org_unit::update_org_unit,
};

#[async_trait]
impl OrgUnitService for Rpc {
    async fn create_org_unit(
        &self,
        request: Request<CreateOrgUnitRequest>,
    ) -> Result<Response<OrgUnit>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| create_org_unit(app, op, message)).await
    }

    async fn get_org_unit(&self, request: Request<GetOrgUnitRequest>) -> Result<Response<OrgUnit>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_org_unit(app, op, message)).await
    }

    async fn batch_get_org_units(
        &self,
        request: Request<BatchGetOrgUnitsRequest>,
    ) -> Result<Response<BatchGetOrgUnitsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| batch_get_org_units(app, op, message)).await
    }

    async fn list_org_units(
        &self,
        request: Request<ListOrgUnitsRequest>,
    ) -> Result<Response<ListOrgUnitsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| list_org_units(app, op, message)).await
    }

    async fn update_org_unit(
        &self,
        request: Request<UpdateOrgUnitRequest>,
    ) -> Result<Response<OrgUnit>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| update_org_unit(app, op, message)).await
    }

    async fn move_org_unit(&self, request: Request<MoveOrgUnitRequest>) -> Result<Response<OrgUnit>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| move_org_unit(app, op, message)).await
    }

    async fn close_org_unit(
        &self,
        request: Request<CloseOrgUnitRequest>,
    ) -> Result<Response<OrgUnit>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| close_org_unit(app, op, message)).await
    }

    async fn list_placements(
        &self,
        request: Request<ListPlacementsRequest>,
    ) -> Result<Response<ListPlacementsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| list_placements(app, op, message)).await
    }
}
