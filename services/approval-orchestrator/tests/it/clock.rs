//! The service by a clock that the test moves, and calendars that the test plays.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use salient_approval_orchestrator::{ApprovalOrchestrator, Clock, Settings};
use salient_database::migrate::MigrationSet;
use salient_proto::organization::v1::{
    AddWorkingTimeRequest, AddWorkingTimeResponse, BatchAddWorkingTimeRequest, BatchAddWorkingTimeResponse,
    Calendar, CalendarVersion, CreateCalendarRequest, CreateCalendarVersionRequest, GetCalendarRequest,
    GetCalendarVersionRequest, ListCalendarVersionsRequest, ListCalendarVersionsResponse,
    ListCalendarsRequest, ListCalendarsResponse, MeasureWorkingTimeRequest, MeasureWorkingTimeResponse,
    calendar_service_server::CalendarService, working_amount::Measure,
};
use salient_server::{Host, Routes, Service};
use salient_values::timestamp;
use tonic::{Request, Response, Status};

tokio::task_local! {
    /// The clock of the service that is being started.
    pub static CLOCK: Clock;
}

/// The service, by the clock in whose scope it is started.
pub struct Orchestrator;

#[async_trait]
impl Service for Orchestrator {
    const NAME: &'static str = ApprovalOrchestrator::NAME;
    const SCHEMA: &'static str = ApprovalOrchestrator::SCHEMA;
    const PORT: u16 = ApprovalOrchestrator::PORT;
    type Settings = Settings;

    fn migrations() -> MigrationSet {
        ApprovalOrchestrator::migrations()
    }

    async fn start(host: Host, settings: Settings) -> anyhow::Result<Routes> {
        ApprovalOrchestrator::start_by(CLOCK.get(), host, settings).await
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A calendar by which everybody works always. There is `calendars/china` alone.
#[derive(Clone, Default)]
pub struct Calendars(Arc<Mutex<Play>>);

#[derive(Default)]
struct Play {
    silent: bool,
    passed: bool,
    calls: usize,
}

impl Calendars {
    /// Whether it says nothing about the time it is asked for.
    pub fn silence(&self, silent: bool) {
        self.0.lock().unwrap().silent = silent;
    }

    /// Whether everything it is asked for has passed already, by an hour.
    pub fn pass(&self, passed: bool) {
        self.0.lock().unwrap().passed = passed;
    }

    /// How often it was asked.
    pub fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }
}

fn not_played<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("not played"))
}

#[tonic::async_trait]
impl CalendarService for Calendars {
    async fn batch_add_working_time(
        &self,
        request: Request<BatchAddWorkingTimeRequest>,
    ) -> Result<Response<BatchAddWorkingTimeResponse>, Status> {
        let request = request.into_inner();
        let mut play = self.0.lock().unwrap();
        play.calls += 1;
        if request.calendar != "calendars/china" {
            return Err(Status::not_found(format!("{} does not exist", request.calendar)));
        }
        if play.silent {
            return Err(Status::failed_precondition("nothing is said about 2027-01-01"));
        }
        let start = timestamp::from_proto(&request.start_time.unwrap()).unwrap();
        let end_times = request.amounts.iter().map(|amount| {
            let length = match amount.measure.unwrap() {
                _ if play.passed => -SignedDuration::from_hours(1),
                Measure::WorkingTime(time) => SignedDuration::from_secs(time.seconds),
                Measure::WorkingDays(days) => DAY * days,
            };
            timestamp::to_proto(start + length)
        });
        Ok(Response::new(BatchAddWorkingTimeResponse {
            end_times: end_times.collect(),
            calendar_version: "calendars/china/versions/7".to_owned(),
        }))
    }

    async fn create_calendar(&self, _: Request<CreateCalendarRequest>) -> Result<Response<Calendar>, Status> {
        not_played()
    }

    async fn get_calendar(&self, _: Request<GetCalendarRequest>) -> Result<Response<Calendar>, Status> {
        not_played()
    }

    async fn list_calendars(
        &self,
        _: Request<ListCalendarsRequest>,
    ) -> Result<Response<ListCalendarsResponse>, Status> {
        not_played()
    }

    async fn create_calendar_version(
        &self,
        _: Request<CreateCalendarVersionRequest>,
    ) -> Result<Response<CalendarVersion>, Status> {
        not_played()
    }

    async fn get_calendar_version(
        &self,
        _: Request<GetCalendarVersionRequest>,
    ) -> Result<Response<CalendarVersion>, Status> {
        not_played()
    }

    async fn list_calendar_versions(
        &self,
        _: Request<ListCalendarVersionsRequest>,
    ) -> Result<Response<ListCalendarVersionsResponse>, Status> {
        not_played()
    }

    async fn add_working_time(
        &self,
        _: Request<AddWorkingTimeRequest>,
    ) -> Result<Response<AddWorkingTimeResponse>, Status> {
        not_played()
    }

    async fn measure_working_time(
        &self,
        _: Request<MeasureWorkingTimeRequest>,
    ) -> Result<Response<MeasureWorkingTimeResponse>, Status> {
        not_played()
    }
}
