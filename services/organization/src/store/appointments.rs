use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use jiff::{Timestamp, civil::Date};
use salient_database::{Connection, Error};
use salient_operation::Post;
use uuid::Uuid;

use super::{
    Order, Record,
    row::{corrupt, period, sql_date, sql_time},
    schema::appointment,
};
use crate::domain::{Appointment, AppointmentId, AppointmentKind, EmployeeId, UnitId};

/// By which column appointments are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentOrder {
    /// The first day they are held.
    StartDate,
    /// When they were recorded.
    CreateTime,
}

/// Which appointments to list.
#[derive(Debug, Clone)]
pub struct AppointmentQuery {
    /// Held on this day only.
    pub date: Option<Date>,
    /// Of these people, or not of these where `false`.
    pub employees: Vec<(Uuid, bool)>,
    /// In these units, or not.
    pub units: Vec<(Uuid, bool)>,
    /// To these posts, or not.
    pub posts: Vec<(Post, bool)>,
    /// Held in these ways, or not.
    pub kinds: Vec<(AppointmentKind, bool)>,
    /// In which order.
    pub order: Order<AppointmentOrder>,
    /// Behind this one: its first day, its time, its id.
    pub after: Option<(Date, Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

type AppointmentRow = (
    Uuid,
    Uuid,
    String,
    Uuid,
    String,
    jiff_diesel::Date,
    Option<jiff_diesel::Date>,
    Option<Uuid>,
    i64,
    jiff_diesel::Timestamp,
    jiff_diesel::Timestamp,
);

/// How many rows one statement inserts: a statement takes 65,535 values at most.
const ROWS: usize = 5_000;

/// An appointment, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn appointment_find(
    connection: &mut Connection,
    id: AppointmentId,
) -> Result<Option<Record<Appointment>>, Error> {
    appointment::table
        .find(id.0)
        .first(connection)
        .await
        .optional()?
        .map(record)
        .transpose()
}

/// A page of appointments.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn appointment_list(
    connection: &mut Connection,
    query: AppointmentQuery,
) -> Result<Vec<Record<Appointment>>, Error> {
    let mut held = appointment::table.limit(query.limit).into_boxed();
    if let Some(date) = query.date.map(sql_date) {
        held = held
            .filter(appointment::start_date.le(date))
            .filter(appointment::end_date.is_null().or(appointment::end_date.gt(date)));
    }
    for (employee, equal) in query.employees {
        held = if equal {
            held.filter(appointment::employee.eq(employee))
        } else {
            held.filter(appointment::employee.ne(employee))
        };
    }
    for (unit, equal) in query.units {
        held = if equal {
            held.filter(appointment::unit.eq(unit))
        } else {
            held.filter(appointment::unit.ne(unit))
        };
    }
    for (post, equal) in query.posts {
        held = if equal {
            held.filter(appointment::post.eq(post.name()))
        } else {
            held.filter(appointment::post.ne(post.name()))
        };
    }
    for (kind, equal) in query.kinds {
        held = if equal {
            held.filter(appointment::kind.eq(kind.name()))
        } else {
            held.filter(appointment::kind.ne(kind.name()))
        };
    }
    let Order { by, descending } = query.order;
    if let Some((start, time, id)) = query.after {
        let (start, time) = (sql_date(start), sql_time(time));
        // The first condition of each is what the index is entered with; an OR alone is none.
        held = match (by, descending) {
            (AppointmentOrder::StartDate, false) => held
                .filter(appointment::start_date.ge(start))
                .filter(appointment::start_date.gt(start).or(appointment::id.gt(id))),
            (AppointmentOrder::StartDate, true) => held
                .filter(appointment::start_date.le(start))
                .filter(appointment::start_date.lt(start).or(appointment::id.lt(id))),
            (AppointmentOrder::CreateTime, false) => held
                .filter(appointment::create_time.ge(time))
                .filter(appointment::create_time.gt(time).or(appointment::id.gt(id))),
            (AppointmentOrder::CreateTime, true) => held
                .filter(appointment::create_time.le(time))
                .filter(appointment::create_time.lt(time).or(appointment::id.lt(id))),
        };
    }
    held = match (by, descending) {
        (AppointmentOrder::StartDate, false) => {
            held.order((appointment::start_date.asc(), appointment::id.asc()))
        }
        (AppointmentOrder::StartDate, true) => {
            held.order((appointment::start_date.desc(), appointment::id.desc()))
        }
        (AppointmentOrder::CreateTime, false) => {
            held.order((appointment::create_time.asc(), appointment::id.asc()))
        }
        (AppointmentOrder::CreateTime, true) => {
            held.order((appointment::create_time.desc(), appointment::id.desc()))
        }
    };
    held.load(connection).await?.into_iter().map(record).collect()
}

/// Records new appointments.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn appointment_insert(
    connection: &mut Connection,
    records: &[Record<Appointment>],
) -> Result<(), Error> {
    for records in records.chunks(ROWS) {
        let rows: Vec<_> = records
            .iter()
            .map(|record| {
                let held = &record.value;
                (
                    appointment::id.eq(held.id.0),
                    appointment::employee.eq(held.employee.0),
                    appointment::post.eq(held.post.name()),
                    appointment::unit.eq(held.unit.0),
                    appointment::kind.eq(held.kind.name()),
                    appointment::start_date.eq(sql_date(held.period.start())),
                    appointment::end_date.eq(held.period.end().map(sql_date)),
                    appointment::reports_to.eq(held.reports_to.map(|manager| manager.0)),
                    appointment::version.eq(record.version),
                    appointment::create_time.eq(sql_time(record.create_time)),
                    appointment::update_time.eq(sql_time(record.update_time)),
                )
            })
            .collect();
        diesel::insert_into(appointment::table)
            .values(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Saves an appointment's end; the lock of the head is held, so that nobody else has changed it since it was read.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn appointment_save(
    connection: &mut Connection,
    held: &Appointment,
    now: Timestamp,
) -> Result<Record<Appointment>, Error> {
    let row = diesel::update(appointment::table.find(held.id.0))
        .set((
            appointment::end_date.eq(held.period.end().map(sql_date)),
            appointment::version.eq(appointment::version + 1),
            appointment::update_time.eq(sql_time(now)),
        ))
        .get_result(connection)
        .await?;
    record(row)
}

pub(super) fn record(row: AppointmentRow) -> Result<Record<Appointment>, Error> {
    let (id, employee, post, unit, kind, start, end, reports_to, version, create_time, update_time) = row;
    let value = Appointment {
        id: AppointmentId(id),
        employee: EmployeeId(employee),
        post: Post::ALL
            .into_iter()
            .find(|known| known.name() == post)
            .ok_or_else(|| corrupt(format!("post {post}")))?,
        unit: UnitId(unit),
        kind: AppointmentKind::named(&kind).ok_or_else(|| corrupt(format!("appointment kind {kind}")))?,
        period: period(start, end)?,
        reports_to: reports_to.map(EmployeeId),
    };
    Ok(Record {
        value,
        version,
        create_time: create_time.to_jiff(),
        update_time: update_time.to_jiff(),
    })
}
