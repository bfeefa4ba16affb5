use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};

use super::{rows::ReservationRow, schema::credit_reservation};
use crate::domain::reservation::{Reservation, Round};

/// The primary key of reservations: one answer for each round.
pub const ANSWERED: &str = "credit_reservation_once";

/// What a round was answered, if it was.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn reservation_find(
    connection: &mut Connection,
    round: Round,
) -> Result<Option<Reservation>, Error> {
    let row = credit_reservation::table
        .find((round.approval, round.number))
        .select(ReservationRow::as_select())
        .first(connection)
        .await;
    row.optional()?.map(Reservation::try_from).transpose()
}

/// Records what a round is answered.
///
/// # Errors
/// [`ANSWERED`] where it was answered before.
pub async fn reservation_insert(
    connection: &mut Connection,
    reservation: &Reservation,
    now: Timestamp,
) -> Result<(), Error> {
    let claim = reservation.claim.as_ref();
    let refused = reservation.refused.as_ref();
    let now = jiff_diesel::Timestamp::from(now);
    diesel::insert_into(credit_reservation::table)
        .values((
            credit_reservation::approval.eq(reservation.round.approval),
            credit_reservation::round.eq(reservation.round.number),
            credit_reservation::state.eq(reservation.state.as_str()),
            credit_reservation::customer.eq(claim.map(|claim| claim.customer)),
            credit_reservation::subject.eq(claim.map(|claim| claim.subject.as_str())),
            credit_reservation::currency.eq(claim.map(|claim| claim.amount.currency().as_str())),
            credit_reservation::amount.eq(claim.map(|claim| claim.amount.amount())),
            credit_reservation::refusal_reason.eq(refused.map(|refused| refused.reason.as_str())),
            credit_reservation::refusal_en.eq(refused.map(|refused| refused.english.as_str())),
            credit_reservation::refusal_zh.eq(refused.map(|refused| refused.chinese.as_str())),
            credit_reservation::create_time.eq(now),
            credit_reservation::update_time.eq(now),
        ))
        .execute(connection)
        .await?;
    Ok(())
}
