use std::sync::Arc;

use salient_proto::{
    approval::v1::{
        DeliverOutcomeRequest, DeliverOutcomeResponse, PreviewApprovalResponse,
        subject_service_server::{SubjectService, SubjectServiceServer},
    },
    contracts::v1::{
        ArchiveContractRequest, BatchGetContractsRequest, BatchGetContractsResponse, Contract, ContractFile,
        ContractRevision, CreateContractRequest, DeleteContractRequest, DownloadFileRequest,
        DownloadFileResponse, GetContractRequest, GetContractRevisionRequest, ListContractRevisionsRequest,
        ListContractRevisionsResponse, ListContractsRequest, ListContractsResponse, ListFilesRequest,
        ListFilesResponse, PreviewApprovalRequest, SignContractRequest, SubmitContractRequest,
        UpdateContractRequest, UploadFileRequest,
        contract_service_server::{ContractService, ContractServiceServer},
        file_service_server::{FileService, FileServiceServer},
    },
};
use salient_server::{Answers, Routes, client_stream, server_stream, unary};
use tonic::{Request, Response, Status, Streaming};

use super::{
    archive_contract::archive_contract, batch_get_contracts::batch_get_contracts,
    create_contract::create_contract, delete_contract::delete_contract, deliver_outcome::deliver_outcome,
    download_file::download_file, get_contract::get_contract, get_contract_revision::get_contract_revision,
    list_contract_revisions::list_contract_revisions, list_contracts::list_contracts, list_files::list_files,
    preview_approval::preview_approval, sign_contract::sign_contract, submit_contract::submit_contract,
    update_contract::update_contract, upload_file::upload_file,
};
use crate::App;

/// The service's methods.
pub(crate) fn routes(app: &Arc<App>) -> Routes {
    Routes::default()
        .add_service(ContractServiceServer::new(Contracts(Arc::clone(app))))
        .add_service(FileServiceServer::new(Files(Arc::clone(app))))
        .add_service(SubjectServiceServer::new(Subjects(Arc::clone(app))))
}

struct Contracts(Arc<App>);
struct Files(Arc<App>);
struct Subjects(Arc<App>);

#[tonic::async_trait]
impl ContractService for Contracts {
    async fn create_contract(
        &self,
        request: Request<CreateContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            create_contract(&app, op, message).await
        })
        .await
    }

    async fn get_contract(&self, request: Request<GetContractRequest>) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            get_contract(&app, op, message).await
        })
        .await
    }

    async fn batch_get_contracts(
        &self,
        request: Request<BatchGetContractsRequest>,
    ) -> Result<Response<BatchGetContractsResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            batch_get_contracts(&app, op, message).await
        })
        .await
    }

    async fn list_contracts(
        &self,
        request: Request<ListContractsRequest>,
    ) -> Result<Response<ListContractsResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            list_contracts(&app, op, message).await
        })
        .await
    }

    async fn update_contract(
        &self,
        request: Request<UpdateContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            update_contract(&app, op, message).await
        })
        .await
    }

    async fn delete_contract(
        &self,
        request: Request<DeleteContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            delete_contract(&app, op, message).await
        })
        .await
    }

    async fn submit_contract(
        &self,
        request: Request<SubmitContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            submit_contract(&app, op, message).await
        })
        .await
    }

    async fn preview_approval(
        &self,
        request: Request<PreviewApprovalRequest>,
    ) -> Result<Response<PreviewApprovalResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            preview_approval(&app, op, message).await
        })
        .await
    }

    async fn sign_contract(
        &self,
        request: Request<SignContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            sign_contract(&app, op, message).await
        })
        .await
    }

    async fn archive_contract(
        &self,
        request: Request<ArchiveContractRequest>,
    ) -> Result<Response<Contract>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            archive_contract(&app, op, message).await
        })
        .await
    }

    async fn list_contract_revisions(
        &self,
        request: Request<ListContractRevisionsRequest>,
    ) -> Result<Response<ListContractRevisionsResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            list_contract_revisions(&app, op, message).await
        })
        .await
    }

    async fn get_contract_revision(
        &self,
        request: Request<GetContractRevisionRequest>,
    ) -> Result<Response<ContractRevision>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            get_contract_revision(&app, op, message).await
        })
        .await
    }
}

#[tonic::async_trait]
impl FileService for Files {
    type DownloadFileStream = Answers<DownloadFileResponse>;

    async fn upload_file(
        &self,
        request: Request<Streaming<UploadFileRequest>>,
    ) -> Result<Response<ContractFile>, Status> {
        let app = Arc::clone(&self.0);
        client_stream(request, async move |op, message| {
            upload_file(&app, op, message).await
        })
        .await
    }

    async fn download_file(
        &self,
        request: Request<DownloadFileRequest>,
    ) -> Result<Response<Self::DownloadFileStream>, Status> {
        let app = Arc::clone(&self.0);
        server_stream(request, async move |op, message| {
            download_file(&app, op, message).await
        })
        .await
    }

    async fn list_files(
        &self,
        request: Request<ListFilesRequest>,
    ) -> Result<Response<ListFilesResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            list_files(&app, op, message).await
        })
        .await
    }
}

#[tonic::async_trait]
impl SubjectService for Subjects {
    async fn deliver_outcome(
        &self,
        request: Request<DeliverOutcomeRequest>,
    ) -> Result<Response<DeliverOutcomeResponse>, Status> {
        let app = Arc::clone(&self.0);
        unary(request, async move |op, message| {
            deliver_outcome(&app, op, message).await
        })
        .await
    }
}
