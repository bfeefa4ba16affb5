use salient_proto::organization::v1::{
    AddWorkingTimeRequest, AddWorkingTimeResponse, BatchAddWorkingTimeRequest, BatchAddWorkingTimeResponse,
    Calendar, CalendarVersion, CreateCalendarRequest, CreateCalendarVersionRequest, GetCalendarRequest,
    GetCalendarVersionRequest, ListCalendarVersionsRequest, ListCalendarVersionsResponse,
    ListCalendarsRequest, ListCalendarsResponse, MeasureWorkingTimeRequest, MeasureWorkingTimeResponse,
    calendar_service_server::CalendarService,
};
use salient_server::unary;
use tonic::{Request, Response, Status, async_trait};

use super::{
    Rpc, add_working_time::add_working_time, batch_add_working_time::batch_add_working_time,
    create_calendar::create_calendar, create_calendar_version::create_calendar_version,
    get_calendar::get_calendar, get_calendar_version::get_calendar_version,
    list_calendar_versions::list_calendar_versions, list_calendars::list_calendars,
    measure_working_time::measure_working_time,
};

#[async_trait]
impl CalendarService for Rpc {
    async fn create_calendar(
        &self,
        request: Request<CreateCalendarRequest>,
    ) -> Result<Response<Calendar>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| create_calendar(app, op, message)).await
    }

    async fn get_calendar(&self, request: Request<GetCalendarRequest>) -> Result<Response<Calendar>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_calendar(app, op, message)).await
    }

    async fn list_calendars(
        &self,
        request: Request<ListCalendarsRequest>,
    ) -> Result<Response<ListCalendarsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| list_calendars(app, op, message)).await
    }

    async fn create_calendar_version(
        &self,
        request: Request<CreateCalendarVersionRequest>,
    ) -> Result<Response<CalendarVersion>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| {
            create_calendar_version(app, op, message)
        })
        .await
    }

    async fn get_calendar_version(
        &self,
        request: Request<GetCalendarVersionRequest>,
    ) -> Result<Response<CalendarVersion>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| get_calendar_version(app, op, message)).await
    }

    async fn list_calendar_versions(
        &self,
        request: Request<ListCalendarVersionsRequest>,
    ) -> Result<Response<ListCalendarVersionsResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| {
            list_calendar_versions(app, op, message)
        })
        .await
    }

    async fn add_working_time(
        &self,
        request: Request<AddWorkingTimeRequest>,
    ) -> Result<Response<AddWorkingTimeResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| add_working_time(app, op, message)).await
    }

    async fn batch_add_working_time(
        &self,
        request: Request<BatchAddWorkingTimeRequest>,
    ) -> Result<Response<BatchAddWorkingTimeResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| {
            batch_add_working_time(app, op, message)
        })
        .await
    }

    async fn measure_working_time(
        &self,
        request: Request<MeasureWorkingTimeRequest>,
    ) -> Result<Response<MeasureWorkingTimeResponse>, Status> {
        let app = self.app.clone();
        unary(request, move |op, message| measure_working_time(app, op, message)).await
    }
}
