//! The generated services, each method handed to its own file.

use salient_proto::{
    approval::v1::{
        ConfirmRequest, ConfirmResponse, ReleaseRequest, ReleaseResponse, ReserveRequest, ReserveResponse,
        participant_service_server::ParticipantService,
    },
    customers::v1::{
        BatchGetCustomersRequest, BatchGetCustomersResponse, CreateCustomerRequest, CreditAccount, Customer,
        DeleteCustomerRequest, GetCreditAccountRequest, GetCustomerRequest, ImportCustomersRequest,
        ImportCustomersResponse, ListCreditEntriesRequest, ListCreditEntriesResponse, ListCustomersRequest,
        ListCustomersResponse, ListGradePeriodsRequest, ListGradePeriodsResponse, SetCreditLimitRequest,
        SetGradeRequest, UndeleteCustomerRequest, UpdateCustomerRequest,
        credit_service_server::CreditService, customer_service_server::CustomerService,
    },
};
use salient_server::{client_stream, unary};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{
    batch_get_customers::batch_get_customers, confirm::confirm, create_customer::create_customer,
    delete_customer::delete_customer, get_credit_account::get_credit_account, get_customer::get_customer,
    import_customers::import_customers, list_credit_entries::list_credit_entries,
    list_customers::list_customers, list_grade_periods::list_grade_periods, release::release,
    reserve::reserve, set_credit_limit::set_credit_limit, set_grade::set_grade,
    undelete_customer::undelete_customer, update_customer::update_customer,
};
use crate::app::App;

/// The methods, with what they work with.
#[derive(Clone)]
pub(super) struct Rpc(pub(super) App);

#[async_trait]
impl CustomerService for Rpc {
    async fn create_customer(
        &self,
        request: Request<CreateCustomerRequest>,
    ) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| create_customer(app, op, message)).await
    }

    async fn get_customer(&self, request: Request<GetCustomerRequest>) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| get_customer(app, op, message)).await
    }

    async fn batch_get_customers(
        &self,
        request: Request<BatchGetCustomersRequest>,
    ) -> Result<Response<BatchGetCustomersResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| batch_get_customers(app, op, message)).await
    }

    async fn list_customers(
        &self,
        request: Request<ListCustomersRequest>,
    ) -> Result<Response<ListCustomersResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| list_customers(app, op, message)).await
    }

    async fn update_customer(
        &self,
        request: Request<UpdateCustomerRequest>,
    ) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| update_customer(app, op, message)).await
    }

    async fn delete_customer(
        &self,
        request: Request<DeleteCustomerRequest>,
    ) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| delete_customer(app, op, message)).await
    }

    async fn undelete_customer(
        &self,
        request: Request<UndeleteCustomerRequest>,
    ) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| undelete_customer(app, op, message)).await
    }

    async fn set_grade(&self, request: Request<SetGradeRequest>) -> Result<Response<Customer>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| set_grade(app, op, message)).await
    }

    async fn list_grade_periods(
        &self,
        request: Request<ListGradePeriodsRequest>,
    ) -> Result<Response<ListGradePeriodsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| list_grade_periods(app, op, message)).await
    }

    async fn import_customers(
        &self,
        request: Request<Streaming<ImportCustomersRequest>>,
    ) -> Result<Response<ImportCustomersResponse>, Status> {
        let app = self.0.clone();
        client_stream(request, move |op, messages| import_customers(app, op, messages)).await
    }
}

#[async_trait]
impl CreditService for Rpc {
    async fn get_credit_account(
        &self,
        request: Request<GetCreditAccountRequest>,
    ) -> Result<Response<CreditAccount>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| get_credit_account(app, op, message)).await
    }

    async fn set_credit_limit(
        &self,
        request: Request<SetCreditLimitRequest>,
    ) -> Result<Response<CreditAccount>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| set_credit_limit(app, op, message)).await
    }

    async fn list_credit_entries(
        &self,
        request: Request<ListCreditEntriesRequest>,
    ) -> Result<Response<ListCreditEntriesResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| list_credit_entries(app, op, message)).await
    }
}

#[async_trait]
impl ParticipantService for Rpc {
    async fn reserve(&self, request: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| reserve(app, op, message)).await
    }

    async fn confirm(&self, request: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| confirm(app, op, message)).await
    }

    async fn release(&self, request: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| release(app, op, message)).await
    }
}
