use salient_proto::organization::v1::{
    BatchGetEmployeesRequest, BatchGetEmployeesResponse, CreateEmployeeRequest, Employee, GetEmployeeRequest,
    ImportEmployeesRequest, ImportEmployeesResponse, ListEmployeesRequest, ListEmployeesResponse,
    RecordDepartureRequest, UpdateEmployeeRequest, employee_service_server::EmployeeService,
};
use salient_server::{client_stream, unary};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{
    Rpc, batch_get_employees::batch_get_employees, create_employee::create_employee,
    get_employee::get_employee, import_employees::import_employees, list_employees::list_employees,
    record_departure::record_departure, update_employee::update_employee,
};

#[async_trait]
impl EmployeeService for Rpc {
    async fn create_employee(
        &self,
        request: Request<CreateEmployeeRequest>,
    ) -> Result<Response<Employee>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| create_employee(app, op, message)).await
    }

    async fn get_employee(&self, request: Request<GetEmployeeRequest>) -> Result<Response<Employee>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_employee(app, op, message)).await
    }

    async fn batch_get_employees(
        &self,
        request: Request<BatchGetEmployeesRequest>,
    ) -> Result<Response<BatchGetEmployeesResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| batch_get_employees(app, op, message)).await
    }

    async fn list_employees(
        &self,
        request: Request<ListEmployeesRequest>,
    ) -> Result<Response<ListEmployeesResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| list_employees(app, op, message)).await
    }

    async fn update_employee(
        &self,
        request: Request<UpdateEmployeeRequest>,
    ) -> Result<Response<Employee>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| update_employee(app, op, message)).await
    }

    async fn record_departure(
        &self,
        request: Request<RecordDepartureRequest>,
    ) -> Result<Response<Employee>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| record_departure(app, op, message)).await
    }

    async fn import_employees(
        &self,
        request: Request<Streaming<ImportEmployeesRequest>>,
    ) -> Result<Response<ImportEmployeesResponse>, Status> {
        let app = self.app.clone();
        client_stream(request, move |op, messages| import_employees(app, op, messages)).await
    }
}
