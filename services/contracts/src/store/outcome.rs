use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::schema::sign_off_outcome;
use crate::domain::Report;

/// Whether a report heard before was applied; `None` where it was not heard yet.
pub(crate) async fn outcome_find(
    connection: &mut Connection,
    report: &Report,
) -> Result<Option<bool>, Error> {
    let key = (report.approval, report.round, report.outcome.name());
    let applied = sign_off_outcome::table
        .find(key)
        .select(sign_off_outcome::applied)
        .first(connection)
        .await;
    Ok(applied.optional()?)
}

/// Keeps a report, and whether it was applied.
pub(crate) async fn outcome_insert(
    connection: &mut Connection,
    contract: Uuid,
    report: &Report,
    applied: bool,
) -> Result<(), Error> {
    diesel::insert_into(sign_off_outcome::table)
        .values((
            sign_off_outcome::approval.eq(report.approval),
            sign_off_outcome::round.eq(report.round),
            sign_off_outcome::outcome.eq(report.outcome.name()),
            sign_off_outcome::contract.eq(contract),
            sign_off_outcome::revision.eq(report.revision),
            sign_off_outcome::digest.eq(&report.digest[..]),
            sign_off_outcome::comment.eq(&report.comment),
            sign_off_outcome::actor.eq(&report.actor),
            sign_off_outcome::outcome_time.eq(jiff_diesel::Timestamp::from(report.time)),
            sign_off_outcome::applied.eq(applied),
        ))
        .execute(connection)
        .await?;
    Ok(())
}
