//! The end of a round: what it reserved is taken for good or given back.

use salient_database::{Connection, LedgerCte, NewEvent};
use salient_operation::OpContext;

use crate::{
    app::{App, now},
    domain::reservation::{Claim, Ending, Reservation, Round, Step},
    error::Error,
    store::{
        Query,
        reservations::reservation_find,
        settle::{CreditSettle, nothing_changed},
    },
};

/// How often it is looked again what became of a reservation that another call settles at the same instant.
const ATTEMPTS: usize = 3;

/// What the callers of [`settle`] differ in.
pub(super) trait Settling: Sync {
    /// The answer.
    type Response: prost::Message + Default;
    /// How the round ends.
    const ENDING: Ending;

    /// What is answered for a claim; `None` where nothing was reserved.
    fn response(claim: Option<&Claim>) -> Self::Response;

    /// What is announced.
    fn event(round: Round, claim: &Claim) -> NewEvent;
}

/// What a round was answered.
pub(super) async fn find(app: &App, op: &OpContext, round: Round) -> Result<Option<Reservation>, Error> {
    let read = async |connection: &mut Connection| Ok::<_, Error>(reservation_find(connection, round).await?);
    app.database.read(op, Query::ReservationGet, read).await
}

/// Ends a round that has been answered. What its state is decides what is to do; a state that is no longer so when it is to be done
/// changes nothing, and is looked at again.
pub(super) async fn settle<S: Settling>(
    app: &App,
    op: &OpContext,
    mut reservation: Reservation,
) -> Result<S::Response, Error> {
    let round = reservation.round;
    let mut attempt = 1;
    loop {
        let claim = match reservation.end(S::ENDING)? {
            Step::Done(claim) => return Ok(S::response(claim)),
            Step::Change(claim) => claim,
        };
        let settled = app
            .database
            .mutate_in_one_statement(
                op,
                Query::CreditSettle,
                S::response(Some(claim)),
                vec![S::event(round, claim)],
                Vec::new(),
                async |(connection, ledger): (&mut Connection, LedgerCte)| {
                    let statement = CreditSettle::new(round, S::ENDING, op.actor(), now(), ledger);
                    statement.run(connection).await.map_err(Error::from)
                },
            )
            .await;
        match settled {
            Err(Error::Database(error)) if nothing_changed(&error) && attempt < ATTEMPTS => {
                attempt += 1;
                match find(app, op, round).await? {
                    Some(found) => reservation = found,
                    None => return Err(error.into()),
                }
            }
            settled => return settled,
        }
    }
}
