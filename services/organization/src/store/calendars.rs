use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};

use super::{
    document::{read, write},
    row::{sql_date, sql_time},
    schema::{calendar, calendar_version},
};
use crate::domain::calendar::Version;

/// A calendar without what it says.
#[derive(Debug, Clone)]
pub struct CalendarRecord {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// The IANA name of its time zone.
    pub time_zone: String,
    /// The number of its newest version; 0 while there is none.
    pub latest: i32,
    /// Grows by one with every change.
    pub version: i64,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it or its versions last changed.
    pub update_time: Timestamp,
}

/// A version, and when it was published.
#[derive(Debug, Clone)]
pub struct VersionRecord {
    /// The version.
    pub version: Version,
    /// When it was published.
    pub create_time: Timestamp,
}

type CalendarRow = (
    String,
    String,
    String,
    i32,
    i64,
    jiff_diesel::Timestamp,
    jiff_diesel::Timestamp,
);
type VersionRow = (
    String,
    i32,
    jiff_diesel::Date,
    serde_json::Value,
    jiff_diesel::Timestamp,
);

/// A calendar, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_find(connection: &mut Connection, id: &str) -> Result<Option<CalendarRecord>, Error> {
    Ok(calendar::table
        .find(id)
        .first(connection)
        .await
        .optional()?
        .map(calendar_record))
}

/// A calendar, if there is one, locked until the transaction ends: its versions get their numbers one after the other.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_find_for_update(
    connection: &mut Connection,
    id: &str,
) -> Result<Option<CalendarRecord>, Error> {
    let found = calendar::table.find(id).for_update().first(connection).await;
    Ok(found.optional()?.map(calendar_record))
}

/// A page of calendars, by id.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_list(
    connection: &mut Connection,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<CalendarRecord>, Error> {
    let page = calendar::table
        .filter(calendar::id.gt(after.unwrap_or_default()))
        .order(calendar::id)
        .limit(limit);
    Ok(page
        .load(connection)
        .await?
        .into_iter()
        .map(calendar_record)
        .collect())
}

/// Records a new calendar.
///
/// # Errors
/// Where the database cannot be asked; `calendar_pkey` where the id is taken.
pub async fn calendar_insert(connection: &mut Connection, record: &CalendarRecord) -> Result<(), Error> {
    diesel::insert_into(calendar::table)
        .values((
            calendar::id.eq(&record.id),
            calendar::display_name.eq(&record.display_name),
            calendar::time_zone.eq(&record.time_zone),
            calendar::latest.eq(record.latest),
            calendar::version.eq(record.version),
            calendar::create_time.eq(sql_time(record.create_time)),
            calendar::update_time.eq(sql_time(record.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Publishes a version of a calendar, whose row the transaction has locked.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_version_insert(
    connection: &mut Connection,
    id: &str,
    record: &VersionRecord,
) -> Result<(), Error> {
    let now = sql_time(record.create_time);
    diesel::insert_into(calendar_version::table)
        .values((
            calendar_version::calendar.eq(id),
            calendar_version::number.eq(record.version.number),
            calendar_version::effective_date.eq(sql_date(record.version.effective)),
            calendar_version::content.eq(write(&record.version)?),
            calendar_version::create_time.eq(now),
        ))
        .execute(connection)
        .await?;
    diesel::update(calendar::table.find(id))
        .set((
            calendar::latest.eq(record.version.number),
            calendar::version.eq(calendar::version + 1),
            calendar::update_time.eq(now),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// A version, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_version_find(
    connection: &mut Connection,
    id: &str,
    number: i32,
) -> Result<Option<VersionRecord>, Error> {
    calendar_version::table
        .find((id, number))
        .first(connection)
        .await
        .optional()?
        .map(version_record)
        .transpose()
}

/// A page of a calendar's versions, the newest first.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_version_list(
    connection: &mut Connection,
    id: &str,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<VersionRecord>, Error> {
    let page = calendar_version::table
        .filter(calendar_version::calendar.eq(id))
        .filter(calendar_version::number.lt(before.unwrap_or(i32::MAX)))
        .order(calendar_version::number.desc())
        .limit(limit);
    page.load(connection)
        .await?
        .into_iter()
        .map(version_record)
        .collect()
}

/// All that a calendar says.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn calendar_versions(connection: &mut Connection, id: &str) -> Result<Vec<Version>, Error> {
    let rows = calendar_version::table
        .filter(calendar_version::calendar.eq(id))
        .load(connection)
        .await?;
    rows.into_iter()
        .map(|row| Ok(version_record(row)?.version))
        .collect()
}

fn calendar_record(row: CalendarRow) -> CalendarRecord {
    let (id, display_name, time_zone, latest, version, create_time, update_time) = row;
    let (create_time, update_time) = (create_time.to_jiff(), update_time.to_jiff());
    CalendarRecord {
        id,
        display_name,
        time_zone,
        latest,
        version,
        create_time,
        update_time,
    }
}

fn version_record(row: VersionRow) -> Result<VersionRecord, Error> {
    let (_, number, effective, content, create_time) = row;
    Ok(VersionRecord {
        version: read(number, effective.to_jiff(), content)?,
        create_time: create_time.to_jiff(),
    })
}
