use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use jiff::{Timestamp, civil::Date};
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    Order, Record,
    row::{period, sql_date, sql_time},
    schema::employee,
};
use crate::domain::{Employee, EmployeeId};

/// Where a person stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmployeeState {
    /// Hired for a later day.
    Pending,
    /// Employed.
    Active,
    /// No longer employed.
    Left,
}

/// By which column people are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmployeeOrder {
    /// Their personnel number.
    Number,
    /// When they were recorded.
    CreateTime,
}

/// Which people to list.
#[derive(Debug, Clone)]
pub struct EmployeeQuery {
    /// The day that states are told for.
    pub date: Date,
    /// In these states, or not in these where `false`.
    pub states: Vec<(EmployeeState, bool)>,
    /// With these numbers, or without.
    pub numbers: Vec<(String, bool)>,
    /// With these names, or without.
    pub display_names: Vec<(String, bool)>,
    /// In which order.
    pub order: Order<EmployeeOrder>,
    /// Behind this one: number, time, id.
    pub after: Option<(String, Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

type EmployeeRow = (
    Uuid,
    String,
    String,
    String,
    jiff_diesel::Date,
    Option<jiff_diesel::Date>,
    i64,
    jiff_diesel::Timestamp,
    jiff_diesel::Timestamp,
);

/// How many rows one statement inserts: a statement takes 65,535 values at most.
const ROWS: usize = 5_000;

/// A person, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn employee_find(
    connection: &mut Connection,
    id: EmployeeId,
) -> Result<Option<Record<Employee>>, Error> {
    employee::table
        .find(id.0)
        .first(connection)
        .await
        .optional()?
        .map(record)
        .transpose()
}

/// Those of the people that there are, in no order.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn employees_find(
    connection: &mut Connection,
    ids: &[EmployeeId],
) -> Result<Vec<Record<Employee>>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = employee::table
        .filter(employee::id.eq_any(ids))
        .load(connection)
        .await?;
    rows.into_iter().map(record).collect()
}

/// The person with a personnel number.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn employee_by_number(
    connection: &mut Connection,
    number: &str,
) -> Result<Option<EmployeeId>, Error> {
    let found = employee::table
        .filter(employee::number.eq(number))
        .select(employee::id);
    Ok(found.first(connection).await.optional()?.map(EmployeeId))
}

/// A page of people.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn employee_list(
    connection: &mut Connection,
    query: EmployeeQuery,
) -> Result<Vec<Record<Employee>>, Error> {
    let date = sql_date(query.date);
    let mut people = employee::table.limit(query.limit).into_boxed();
    for (state, equal) in query.states {
        people = match (state, equal) {
            (EmployeeState::Pending, true) => people.filter(employee::hire_date.gt(date)),
            (EmployeeState::Pending, false) => people.filter(employee::hire_date.le(date)),
            (EmployeeState::Left, true) => people
                .filter(employee::hire_date.le(date))
                .filter(employee::leave_date.le(date)),
            (EmployeeState::Left, false) => people.filter(
                employee::hire_date
                    .gt(date)
                    .or(employee::leave_date.is_null())
                    .or(employee::leave_date.gt(date)),
            ),
            (EmployeeState::Active, true) => people
                .filter(employee::hire_date.le(date))
                .filter(employee::leave_date.is_null().or(employee::leave_date.gt(date))),
            (EmployeeState::Active, false) => people.filter(
                employee::hire_date.gt(date).or(employee::leave_date
                    .is_not_null()
                    .and(employee::leave_date.le(date))),
            ),
        };
    }
    for (number, equal) in query.numbers {
        people = if equal {
            people.filter(employee::number.eq(number))
        } else {
            people.filter(employee::number.ne(number))
        };
    }
    for (name, equal) in query.display_names {
        people = if equal {
            people.filter(employee::display_name.eq(name))
        } else {
            people.filter(employee::display_name.ne(name))
        };
    }
    let Order { by, descending } = query.order;
    if let Some((number, time, id)) = query.after {
        let time = sql_time(time);
        // The first condition of each is what the index is entered with; an OR alone is none.
        people = match (by, descending) {
            (EmployeeOrder::Number, false) => people.filter(employee::number.gt(number)),
            (EmployeeOrder::Number, true) => people.filter(employee::number.lt(number)),
            (EmployeeOrder::CreateTime, false) => people
                .filter(employee::create_time.ge(time))
                .filter(employee::create_time.gt(time).or(employee::id.gt(id))),
            (EmployeeOrder::CreateTime, true) => people
                .filter(employee::create_time.le(time))
                .filter(employee::create_time.lt(time).or(employee::id.lt(id))),
        };
    }
    people = match (by, descending) {
        (EmployeeOrder::Number, false) => people.order(employee::number.asc()),
        (EmployeeOrder::Number, true) => people.order(employee::number.desc()),
        (EmployeeOrder::CreateTime, false) => people.order((employee::create_time.asc(), employee::id.asc())),
        (EmployeeOrder::CreateTime, true) => {
            people.order((employee::create_time.desc(), employee::id.desc()))
        }
    };
    people.load(connection).await?.into_iter().map(record).collect()
}

/// Records new people.
///
/// # Errors
/// Where the database cannot be asked; `employee_number_once` where a number is taken.
pub async fn employee_insert(connection: &mut Connection, records: &[Record<Employee>]) -> Result<(), Error> {
    for records in records.chunks(ROWS) {
        let rows: Vec<_> = records
            .iter()
            .map(|record| {
                let person = &record.value;
                (
                    employee::id.eq(person.id.0),
                    employee::number.eq(&person.number),
                    employee::display_name.eq(&person.display_name),
                    employee::email.eq(&person.email),
                    employee::hire_date.eq(sql_date(person.employed.start())),
                    employee::leave_date.eq(person.employed.end().map(sql_date)),
                    employee::version.eq(record.version),
                    employee::create_time.eq(sql_time(record.create_time)),
                    employee::update_time.eq(sql_time(record.update_time)),
                )
            })
            .collect();
        diesel::insert_into(employee::table)
            .values(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Saves what of a person's record may change; the lock of the head is held, so that nobody else has changed it since it was read.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn employee_save(connection: &mut Connection, record: &Record<Employee>) -> Result<(), Error> {
    diesel::update(employee::table.find(record.value.id.0))
        .set((
            employee::display_name.eq(&record.value.display_name),
            employee::email.eq(&record.value.email),
            employee::leave_date.eq(record.value.employed.end().map(sql_date)),
            employee::version.eq(record.version),
            employee::update_time.eq(sql_time(record.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) fn record(row: EmployeeRow) -> Result<Record<Employee>, Error> {
    let (id, number, display_name, email, hire, leave, version, create_time, update_time) = row;
    let value = Employee {
        id: EmployeeId(id),
        number,
        display_name,
        email,
        employed: period(hire, leave)?,
    };
    Ok(Record {
        value,
        version,
        create_time: create_time.to_jiff(),
        update_time: update_time.to_jiff(),
    })
}
