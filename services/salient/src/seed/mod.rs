//! A small company to try the suite with. It is founded once; everything after that goes through the public API, and only what is
//! missing is made.

mod customers;
mod people;
mod roster;
mod sample;
mod units;

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use salient_access::token::Issuer;
use salient_config::Settings;
use salient_database::{Database, DatabaseSettings};
use salient_organization::{Founding, bootstrap};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::{client::Connections, installation::Installation, suite::Member};

/// The founding needs one connection at a time.
const CONNECTIONS: usize = 1;

/// Where everything starts: the company's unit and the person who may make the rest.
pub(crate) struct Founded {
    company: Uuid,
    administrator: Uuid,
    /// When the company and everybody's posts began.
    since: Date,
}

/// Founds the company unless there is one. Nobody could be allowed to do it by a call: there is nobody yet.
pub(crate) async fn found(settings: &Settings) -> anyhow::Result<Founded> {
    let member = Member::Organization;
    let own = settings
        .services
        .get(member.name())
        .and_then(|own| own.database_url.clone());
    let common = settings.database.url.as_ref();
    let common = || common.map(|url| url.expose_secret().replace("{schema}", member.schema()).into());
    let url = own.or_else(common).context("database.url: is not set")?;
    let database = DatabaseSettings {
        max_connections: CONNECTIONS,
        ..DatabaseSettings::new(url)
    };
    let database = Database::connect(&database, member.schema()).await?;
    let zone = TimeZone::get(&settings.calendar.time_zone)?;
    let since = Timestamp::now().to_zoned(zone).date().first_of_year();
    let founding = Founding {
        company_name: sample::COMPANY_NAME.to_owned(),
        company_code: sample::COMPANY_CODE.to_owned(),
        administrator_number: sample::ADMINISTRATOR.0.to_owned(),
        administrator_name: sample::ADMINISTRATOR.1.to_owned(),
        date: since,
    };
    let founded = bootstrap(&database, &founding)
        .await
        .context("the company could not be founded")?;
    Ok(Founded {
        company: founded.company,
        administrator: founded.administrator,
        since,
    })
}

/// Makes what is missing of the company, and tells who and what there is.
pub(crate) async fn company(
    connections: &Connections,
    issuer: &Issuer,
    founded: &Founded,
) -> anyhow::Result<Installation> {
    let administrator = connections.sign_in(issuer, founded.administrator)?;
    let units = units::make(&administrator, founded).await?;
    people::make(&administrator, founded).await?;
    let people = roster::people(&administrator, units).await?;
    let customers = customers::make(connections, issuer, &people).await?;
    Ok(Installation {
        addresses: Default::default(),
        people,
        customers,
    })
}
