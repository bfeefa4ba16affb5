use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, PgExpressionMethods as _,
    QueryDsl as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::{Timestamp, civil::Date};
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    Order, Record,
    placements::placements_of,
    row::{corrupt, period, sql_date, sql_time},
    schema::{org_unit, placement},
};
use crate::domain::{Placement, Unit, UnitId, UnitKind};

/// A unit with its name.
pub type UnitRecord = Record<NamedUnit>;

/// A unit, and what people call it.
#[derive(Debug, Clone)]
pub struct NamedUnit {
    /// The unit.
    pub unit: Unit,
    /// What people call it.
    pub display_name: String,
}

/// By which column units are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitOrder {
    /// What people call them.
    DisplayName,
    /// When they were recorded.
    CreateTime,
}

/// Which units to list.
#[derive(Debug, Clone)]
pub struct UnitQuery {
    /// Open on this day.
    pub date: Date,
    /// Of these kinds, or not of these where `false`.
    pub kinds: Vec<(UnitKind, bool)>,
    /// With these codes, or without.
    pub codes: Vec<(String, bool)>,
    /// Under these parents on the day, or not.
    pub parents: Vec<(Uuid, bool)>,
    /// In which order.
    pub order: Order<UnitOrder>,
    /// Behind this one: its name, its time, its id.
    pub after: Option<(String, Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

pub(super) type UnitRow = (
    Uuid,
    String,
    Option<String>,
    String,
    jiff_diesel::Date,
    Option<jiff_diesel::Date>,
    i64,
    jiff_diesel::Timestamp,
    jiff_diesel::Timestamp,
);

/// A unit, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn unit_find(connection: &mut Connection, id: UnitId) -> Result<Option<UnitRecord>, Error> {
    Ok(units_find(connection, &[id]).await?.pop())
}

/// Those of the units that there are, in no order.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn units_find(connection: &mut Connection, ids: &[UnitId]) -> Result<Vec<UnitRecord>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<UnitRow> = org_unit::table
        .filter(org_unit::id.eq_any(ids))
        .load(connection)
        .await?;
    with_placements(connection, rows).await
}

/// The company, once it is founded.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn unit_company(connection: &mut Connection) -> Result<Option<UnitId>, Error> {
    let company = org_unit::table
        .filter(org_unit::kind.eq(UnitKind::Company.name()))
        .select(org_unit::id);
    Ok(company.first(connection).await.optional()?.map(UnitId))
}

/// A page of units.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn unit_list(connection: &mut Connection, query: UnitQuery) -> Result<Vec<UnitRecord>, Error> {
    let date = sql_date(query.date);
    let mut units = org_unit::table
        .filter(org_unit::open_date.le(date))
        .filter(org_unit::close_date.is_null().or(org_unit::close_date.gt(date)))
        .limit(query.limit)
        .into_boxed();
    for (kind, equal) in query.kinds {
        units = if equal {
            units.filter(org_unit::kind.eq(kind.name()))
        } else {
            units.filter(org_unit::kind.ne(kind.name()))
        };
    }
    for (code, equal) in query.codes {
        units = if equal {
            units.filter(org_unit::code.eq(code))
        } else {
            units.filter(org_unit::code.is_distinct_from(code))
        };
    }
    for (parent, equal) in query.parents {
        let below = placement::table
            .filter(placement::parent.eq(parent))
            .filter(placement::start_date.le(date))
            .filter(placement::end_date.is_null().or(placement::end_date.gt(date)))
            .select(placement::unit);
        units = if equal {
            units.filter(org_unit::id.eq_any(below))
        } else {
            units.filter(org_unit::id.ne_all(below))
        };
    }
    let Order { by, descending } = query.order;
    if let Some((name, time, id)) = query.after {
        let time = sql_time(time);
        // The first condition of each is what the index is entered with; an OR alone is none.
        units = match (by, descending) {
            (UnitOrder::DisplayName, false) => units
                .filter(org_unit::display_name.ge(name.clone()))
                .filter(org_unit::display_name.gt(name).or(org_unit::id.gt(id))),
            (UnitOrder::DisplayName, true) => units
                .filter(org_unit::display_name.le(name.clone()))
                .filter(org_unit::display_name.lt(name).or(org_unit::id.lt(id))),
            (UnitOrder::CreateTime, false) => units
                .filter(org_unit::create_time.ge(time))
                .filter(org_unit::create_time.gt(time).or(org_unit::id.gt(id))),
            (UnitOrder::CreateTime, true) => units
                .filter(org_unit::create_time.le(time))
                .filter(org_unit::create_time.lt(time).or(org_unit::id.lt(id))),
        };
    }
    units = match (by, descending) {
        (UnitOrder::DisplayName, false) => units.order((org_unit::display_name.asc(), org_unit::id.asc())),
        (UnitOrder::DisplayName, true) => units.order((org_unit::display_name.desc(), org_unit::id.desc())),
        (UnitOrder::CreateTime, false) => units.order((org_unit::create_time.asc(), org_unit::id.asc())),
        (UnitOrder::CreateTime, true) => units.order((org_unit::create_time.desc(), org_unit::id.desc())),
    };
    let rows: Vec<UnitRow> = units.load(connection).await?;
    with_placements(connection, rows).await
}

/// Records a new unit, without its placements.
///
/// # Errors
/// Where the database cannot be asked; `org_unit_code_once` where the code is taken.
pub async fn unit_insert(connection: &mut Connection, record: &UnitRecord) -> Result<(), Error> {
    let NamedUnit { unit, display_name } = &record.value;
    diesel::insert_into(org_unit::table)
        .values((
            org_unit::id.eq(unit.id.0),
            org_unit::kind.eq(unit.kind.name()),
            org_unit::code.eq(Some(&unit.code).filter(|code| !code.is_empty())),
            org_unit::display_name.eq(display_name),
            org_unit::open_date.eq(sql_date(unit.open.start())),
            org_unit::close_date.eq(unit.open.end().map(sql_date)),
            org_unit::version.eq(record.version),
            org_unit::create_time.eq(sql_time(record.create_time)),
            org_unit::update_time.eq(sql_time(record.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Saves what of a unit may change; the lock of the head is held, so that nobody else has changed it since it was read.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn unit_save(connection: &mut Connection, record: &UnitRecord) -> Result<(), Error> {
    diesel::update(org_unit::table.find(record.value.unit.id.0))
        .set((
            org_unit::display_name.eq(&record.value.display_name),
            org_unit::close_date.eq(record.value.unit.open.end().map(sql_date)),
            org_unit::version.eq(record.version),
            org_unit::update_time.eq(sql_time(record.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

async fn with_placements(connection: &mut Connection, rows: Vec<UnitRow>) -> Result<Vec<UnitRecord>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let mut placements = placements_of(connection, ids).await?;
    rows.into_iter().map(|row| record(row, &mut placements)).collect()
}

pub(super) fn record(
    row: UnitRow,
    placements: &mut HashMap<Uuid, Vec<Placement>>,
) -> Result<UnitRecord, Error> {
    let (id, kind, code, display_name, open, close, version, create_time, update_time) = row;
    let kind = UnitKind::named(&kind).ok_or_else(|| corrupt(format!("unit kind {kind}")))?;
    let unit = Unit {
        id: UnitId(id),
        kind,
        code: code.unwrap_or_default(),
        open: period(open, close)?,
        placements: placements.remove(&id).unwrap_or_default(),
    };
    Ok(Record {
        value: NamedUnit { unit, display_name },
        version,
        create_time: create_time.to_jiff(),
        update_time: update_time.to_jiff(),
    })
}
