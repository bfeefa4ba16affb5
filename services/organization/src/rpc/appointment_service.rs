use salient_proto::organization::v1::{
    Appointment, CreateAppointmentRequest, EndAppointmentRequest, GetAppointmentRequest,
    ListAppointmentsRequest, ListAppointmentsResponse, appointment_service_server::AppointmentService,
};
use salient_server::unary;
use tonic::{Request, Response, Status, async_trait};

use super::{
    Rpc, create_appointment::create_appointment, end_appointment::end_appointment,
    get_appointment::get_appointment, list_appointments::list_appointments,
};

#[async_trait]
impl AppointmentService for Rpc {
    async fn create_appointment(
        &self,
        request: Request<CreateAppointmentRequest>,
    ) -> Result<Response<Appointment>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| create_appointment(app, op, message)).await
    }

    async fn get_appointment(
        &self,
        request: Request<GetAppointmentRequest>,
    ) -> Result<Response<Appointment>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_appointment(app, op, message)).await
    }

    async fn list_appointments(
        &self,
        request: Request<ListAppointmentsRequest>,
    ) -> Result<Response<ListAppointmentsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| list_appointments(app, op, message)).await
    }

    async fn end_appointment(
        &self,
        request: Request<EndAppointmentRequest>,
    ) -> Result<Response<Appointment>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| end_appointment(app, op, message)).await
    }
}
