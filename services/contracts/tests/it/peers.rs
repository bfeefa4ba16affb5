//! The other services, as far as contracts asks them.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use salient_failure::{Failure, Kind, Locale};
use salient_proto::{
    approval::v1::{
        Approval, ErrorReason, PreviewApprovalRequest, PreviewApprovalResponse, RequestApprovalRequest,
        SupersedeApprovalRequest, intake_service_server::IntakeService,
    },
    customers::v1::{
        BatchGetCustomersRequest, BatchGetCustomersResponse, CreateCustomerRequest, Customer,
        DeleteCustomerRequest, GetCustomerRequest, Grade, ImportCustomersRequest, ImportCustomersResponse,
        ListCustomersRequest, ListCustomersResponse, ListGradePeriodsRequest, ListGradePeriodsResponse,
        SetGradeRequest, UndeleteCustomerRequest, UpdateCustomerRequest,
        customer_service_server::CustomerService,
    },
};
use tonic::{Request, Response, Status, Streaming};

type Answer<T> = Result<Response<T>, Status>;

/// A `customers` that knows every customer but those that the test takes away.
#[derive(Clone, Default)]
pub(crate) struct FakeCustomers {
    gone: Arc<Mutex<HashSet<String>>>,
}

impl FakeCustomers {
    /// From now on there is no such customer.
    pub(crate) fn take_away(&self, name: &str) {
        self.gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.into());
    }
}

fn unasked<T>() -> Answer<T> {
    Err(Status::unimplemented("contracts never asks this"))
}

#[tonic::async_trait]
impl CustomerService for FakeCustomers {
    async fn get_customer(&self, request: Request<GetCustomerRequest>) -> Answer<Customer> {
        let name = request.into_inner().name;
        if self
            .gone
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&name)
        {
            return Err(Failure::not_found(name).into_status(Locale::English));
        }
        let mut customer = Customer {
            name,
            display_name: "上海晨光贸易".into(),
            ..Customer::default()
        };
        customer.set_grade(Grade::B);
        Ok(Response::new(customer))
    }

    async fn create_customer(&self, _: Request<CreateCustomerRequest>) -> Answer<Customer> {
        unasked()
    }

    async fn batch_get_customers(
        &self,
        _: Request<BatchGetCustomersRequest>,
    ) -> Answer<BatchGetCustomersResponse> {
        unasked()
    }

    async fn list_customers(&self, _: Request<ListCustomersRequest>) -> Answer<ListCustomersResponse> {
        unasked()
    }

    async fn update_customer(&self, _: Request<UpdateCustomerRequest>) -> Answer<Customer> {
        unasked()
    }

    async fn delete_customer(&self, _: Request<DeleteCustomerRequest>) -> Answer<Customer> {
        unasked()
    }

    async fn undelete_customer(&self, _: Request<UndeleteCustomerRequest>) -> Answer<Customer> {
        unasked()
    }

    async fn set_grade(&self, _: Request<SetGradeRequest>) -> Answer<Customer> {
        unasked()
    }

    async fn list_grade_periods(
        &self,
        _: Request<ListGradePeriodsRequest>,
    ) -> Answer<ListGradePeriodsResponse> {
        unasked()
    }

    async fn import_customers(
        &self,
        _: Request<Streaming<ImportCustomersRequest>>,
    ) -> Answer<ImportCustomersResponse> {
        unasked()
    }
}

/// An orchestrator that keeps what it was asked for, and lets the test decide.
#[derive(Clone, Default)]
pub(crate) struct FakeIntake(Arc<Mutex<Intake>>);

#[derive(Default)]
struct Intake {
    requested: Vec<RequestApprovalRequest>,
    superseded: Vec<SupersedeApprovalRequest>,
    decided: HashSet<String>,
}

impl FakeIntake {
    /// What was asked for so far, repeats left out.
    pub(crate) fn requested(&self) -> Vec<RequestApprovalRequest> {
        self.with(|intake| intake.requested.clone())
    }

    /// What was superseded so far.
    pub(crate) fn superseded(&self) -> Vec<SupersedeApprovalRequest> {
        self.with(|intake| intake.superseded.clone())
    }

    /// From now on the approval is decided, and cannot be superseded.
    pub(crate) fn decide(&self, approval: &str) {
        self.with(|intake| intake.decided.insert(approval.into()));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Intake) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[tonic::async_trait]
impl IntakeService for FakeIntake {
    async fn request_approval(&self, request: Request<RequestApprovalRequest>) -> Answer<Approval> {
        let request = request.into_inner();
        let name = request.approval.clone();
        self.with(|intake| {
            let key = (request.approval.clone(), request.round);
            let known = |asked: &RequestApprovalRequest| (asked.approval.clone(), asked.round) == key;
            if !intake.requested.iter().any(known) {
                intake.requested.push(request);
            }
        });
        Ok(Response::new(Approval {
            name,
            ..Approval::default()
        }))
    }

    async fn supersede_approval(&self, request: Request<SupersedeApprovalRequest>) -> Answer<Approval> {
        let request = request.into_inner();
        let name = request.approval.clone();
        self.with(|intake| {
            if intake.decided.contains(&name) {
                let closed = Failure::new(Kind::FailedPrecondition, ErrorReason::ApprovalClosed);
                return Err(closed.into_status(Locale::English));
            }
            if !intake.requested.iter().any(|asked| asked.approval == name) {
                return Err(Failure::not_found(&name).into_status(Locale::English));
            }
            intake.superseded.push(request);
            Ok(Response::new(Approval {
                name: name.clone(),
                ..Approval::default()
            }))
        })
    }

    async fn preview_approval(&self, _: Request<PreviewApprovalRequest>) -> Answer<PreviewApprovalResponse> {
        Ok(Response::new(PreviewApprovalResponse {
            policy_version: "policies/contract/versions/1".into(),
            steps: Vec::new(),
        }))
    }
}
