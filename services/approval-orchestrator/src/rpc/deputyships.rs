//! `DeputyshipService`, method by method.

use salient_proto::approval::v1::{self as proto, deputyship_service_server};
use salient_server::unary;
use tonic::{Request, Response, Status};

use super::{
    Rpc, create_deputyship, end_deputyship, get_deputyship, list_deputyships, resolve_stand_in,
    update_deputyship,
};

#[tonic::async_trait]
impl deputyship_service_server::DeputyshipService for Rpc {
    async fn create_deputyship(
        &self,
        request: Request<proto::CreateDeputyshipRequest>,
    ) -> Result<Response<proto::Deputyship>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            create_deputyship::create_deputyship(app, op, message)
        })
        .await
    }

    async fn get_deputyship(
        &self,
        request: Request<proto::GetDeputyshipRequest>,
    ) -> Result<Response<proto::Deputyship>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            get_deputyship::get_deputyship(app, op, message)
        })
        .await
    }

    async fn list_deputyships(
        &self,
        request: Request<proto::ListDeputyshipsRequest>,
    ) -> Result<Response<proto::ListDeputyshipsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_deputyships::list_deputyships(app, op, message)
        })
        .await
    }

    async fn update_deputyship(
        &self,
        request: Request<proto::UpdateDeputyshipRequest>,
    ) -> Result<Response<proto::Deputyship>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            update_deputyship::update_deputyship(app, op, message)
        })
        .await
    }

    async fn end_deputyship(
        &self,
        request: Request<proto::EndDeputyshipRequest>,
    ) -> Result<Response<proto::Deputyship>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            end_deputyship::end_deputyship(app, op, message)
        })
        .await
    }

    async fn resolve_stand_in(
        &self,
        request: Request<proto::ResolveStandInRequest>,
    ) -> Result<Response<proto::ResolveStandInResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            resolve_stand_in::resolve_stand_in(app, op, message)
        })
        .await
    }
}
