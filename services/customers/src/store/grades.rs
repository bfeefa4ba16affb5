use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{rows::GradePeriodRow, schema::grade_period};
use crate::domain::{customer::Customer, grade::GradePeriod};

const ROWS_PER_INSERT: usize = 5_000;

/// Begins each customer's current grade period, at the instant at which the customer last changed.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn grade_insert(
    connection: &mut Connection,
    customers: &[Customer],
    reason: &str,
    actor: &str,
) -> Result<(), Error> {
    for chunk in customers.chunks(ROWS_PER_INSERT) {
        let begins = |customer: &Customer| {
            (
                grade_period::customer.eq(customer.id),
                grade_period::number.eq(customer.grade_number),
                grade_period::grade.eq(customer.grade.as_str()),
                grade_period::start_time.eq(jiff_diesel::Timestamp::from(customer.update_time)),
                grade_period::reason.eq(reason),
                grade_period::actor.eq(actor),
            )
        };
        let rows: Vec<_> = chunk.iter().map(begins).collect();
        diesel::insert_into(grade_period::table)
            .values(rows)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Ends a customer's current grade period.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn grade_end(connection: &mut Connection, customer: Uuid, now: Timestamp) -> Result<(), Error> {
    diesel::update(grade_period::table)
        .filter(grade_period::customer.eq(customer))
        .filter(grade_period::end_time.is_null())
        .set(grade_period::end_time.eq(jiff_diesel::Timestamp::from(now)))
        .execute(connection)
        .await?;
    Ok(())
}

/// A page of a customer's grades, the newest first, below a number.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn grade_list(
    connection: &mut Connection,
    customer: Uuid,
    below: Option<i64>,
    limit: i64,
) -> Result<Vec<GradePeriod>, Error> {
    let rows = grade_period::table
        .filter(grade_period::customer.eq(customer))
        .filter(grade_period::number.lt(below.unwrap_or(i64::MAX)))
        .order(grade_period::number.desc())
        .limit(limit)
        .select(GradePeriodRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(GradePeriod::try_from).collect()
}
