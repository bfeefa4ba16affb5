use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use jiff::tz::TimeZone;
use salient_access::directory::{CachedDirectory, Directory};
use salient_database::migrate::MigrationSet;
use salient_paging::Pages;
use salient_proto::{
    access::v1::profile_service_server::ProfileServiceServer,
    organization::v1::{
        appointment_service_server::AppointmentServiceServer, calendar_service_server::CalendarServiceServer,
        employee_service_server::EmployeeServiceServer, lookup_service_server::LookupServiceServer,
        org_unit_service_server::OrgUnitServiceServer,
    },
};
use salient_server::{Host, Routes, Service};
use serde::Deserialize;

use crate::{app::App, charts::Charts, directory::OwnDirectory, rpc::Rpc, today::Today};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/organization");

/// The service that knows people, units and posts.
pub struct Organization;

/// What a company sets for this service: nothing yet beyond what all services share.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

#[async_trait]
impl Service for Organization {
    const NAME: &'static str = "organization";
    const SCHEMA: &'static str = "organization";
    const PORT: u16 = 7101;
    type Settings = Settings;

    fn migrations() -> MigrationSet {
        MigrationSet::new(Self::SCHEMA, MIGRATIONS)
    }

    /// Knows callers from its own tables, and asks no peer, which would be itself.
    async fn directory(host: &Host) -> anyhow::Result<Arc<dyn Directory>> {
        let own = OwnDirectory {
            database: host.database.clone(),
            charts: Charts::default(),
            today: today(host)?,
        };
        Ok(Arc::new(CachedDirectory::new(own)))
    }

    async fn start(host: Host, Settings {}: Settings) -> anyhow::Result<Routes> {
        let key = host
            .settings
            .paging
            .key
            .clone()
            .context("paging.key: is not set")?;
        let app = App {
            database: host.database.clone(),
            charts: Charts::default(),
            today: today(&host)?,
            pages: Pages::new(key),
        };
        let rpc = Rpc::new(app);
        Ok(Routes::default()
            .add_service(ProfileServiceServer::new(rpc.clone()))
            .add_service(LookupServiceServer::new(rpc.clone()))
            .add_service(OrgUnitServiceServer::new(rpc.clone()))
            .add_service(EmployeeServiceServer::new(rpc.clone()))
            .add_service(AppointmentServiceServer::new(rpc.clone()))
            .add_service(CalendarServiceServer::new(rpc)))
    }
}

fn today(host: &Host) -> anyhow::Result<Today> {
    let zone = &host.settings.calendar.time_zone;
    Ok(Today::in_zone(TimeZone::get(zone).context("calendar.time_zone")?))
}
