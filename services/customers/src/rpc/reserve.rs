use salient_database::{Connection, LedgerCte, NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{self, ReserveRequest, ReserveResponse, reserve_response::Result as Answer},
    customers::v1::{CreditRefused, CreditReserved},
    google::r#type as google,
};
use salient_values::name;

use super::{
    claim::{claim, round},
    refusal,
};
use crate::{
    app::{App, now},
    domain::{
        credit::{CreditAccount, Shortage},
        reservation::{Claim, Refused, Reservation, Round, State},
    },
    error::{Error, customer_name, reservation_name},
    store::{
        Query,
        accounts::{account_for_update, account_save},
        customers::customer_find,
        entries::{Cause, entry_insert},
        reservations::{ANSWERED, reservation_find, reservation_insert},
        reserve::CreditReserve,
        settle::nothing_changed,
    },
};

/// How often a round is decided about that another call answers at the same instant.
const ATTEMPTS: usize = 3;

/// Sets credit aside.
///
/// In one statement where it can simply be done. Where that changes nothing, because the round was answered before or too little is
/// left, a transaction looks at why and decides.
pub async fn reserve(app: App, op: OpContext, request: ReserveRequest) -> Result<ReserveResponse, Error> {
    let round = round(&request.approval, request.round)?;
    let claim = claim(&request)?;
    let answer = reserved(round, &claim);
    let event = NewEvent::of(customer_name(claim.customer), &reserved_event(round, &claim));
    let at_once = app
        .database
        .mutate_in_one_statement(
            &op,
            Query::CreditReserve,
            answer,
            vec![event],
            Vec::new(),
            async |(connection, ledger): (&mut Connection, LedgerCte)| {
                let statement = CreditReserve::new(round, &claim, op.actor(), now(), ledger);
                statement.run(connection).await.map_err(Error::from)
            },
        )
        .await;
    match at_once {
        Err(Error::Database(error)) if nothing_changed(&error) || error.violates(ANSWERED) => {
            decide(&app, &op, round, &claim).await
        }
        answered => answered,
    }
}

/// Answers what was answered before, or else decides under the account's lock.
async fn decide(app: &App, op: &OpContext, round: Round, claim: &Claim) -> Result<ReserveResponse, Error> {
    let decide = async |tx: &mut Tx| {
        if let Some(reservation) = reservation_find(tx, round).await? {
            return repeat(&reservation, claim);
        }
        let (state, refused) = match take(tx, op, round, claim).await? {
            Ok(()) => (State::Reserved, None),
            Err(shortage) => (State::Refused, Some(refusal::refusal(claim, shortage))),
        };
        let reservation = Reservation {
            round,
            state,
            claim: Some(claim.clone()),
            refused,
        };
        let now = tx.now();
        reservation_insert(tx, &reservation, now).await?;
        tx.announce(match &reservation.refused {
            None => NewEvent::of(customer_name(claim.customer), &reserved_event(round, claim)),
            Some(refused) => NewEvent::of(
                customer_name(claim.customer),
                &refused_event(round, claim, refused),
            ),
        });
        repeat(&reservation, claim)
    };
    let mut attempt = 1;
    loop {
        match app.database.mutate(op, Query::CreditReserveDecide, decide).await {
            Err(Error::Database(error)) if error.violates(ANSWERED) && attempt < ATTEMPTS => attempt += 1,
            decided => return decided,
        }
    }
}

/// Takes the claim from its account, if that has so much.
async fn take(
    tx: &mut Tx,
    op: &OpContext,
    round: Round,
    claim: &Claim,
) -> Result<Result<(), Shortage>, Error> {
    let requested = claim.amount;
    let Some(mut account) = account_for_update(tx, claim.customer).await? else {
        let living = customer_find(tx, claim.customer)
            .await?
            .is_some_and(|found| found.customer.delete_time.is_none());
        return Ok(Err(match living {
            true => Shortage::NotGranted { requested },
            false => Shortage::NoCustomer,
        }));
    };
    if let Err(shortage) = CreditAccount::reserve(&mut account, &requested, tx.now()) {
        return Ok(Err(shortage));
    }
    account_save(tx, &account).await?;
    entry_insert(tx, &account, Cause::Reserved(round, &requested), &op.actor()).await?;
    Ok(Ok(()))
}

/// What a round that has been answered is answered again.
fn repeat(reservation: &Reservation, claim: &Claim) -> Result<ReserveResponse, Error> {
    let round = reservation.round;
    if reservation
        .claim
        .as_ref()
        .is_some_and(|answered| answered != claim)
    {
        return Err(Error::ReservationMismatch(round));
    }
    match (reservation.state, &reservation.refused) {
        (State::Reserved | State::Confirmed, _) => Ok(reserved(round, claim)),
        (State::Refused, Some(refused)) => Ok(refused_response(refused.clone())),
        // Released, perhaps before it was ever asked for: it takes no effect any more.
        (State::Released | State::Refused, _) => Ok(refused_response(refusal::released(round))),
    }
}

fn reserved(round: Round, claim: &Claim) -> ReserveResponse {
    ReserveResponse {
        result: Some(Answer::Reserved(v1::Reserved {
            reservation: reservation_name(round),
            amount: Some(google::Money::from(&claim.amount)),
        })),
    }
}

fn refused_response(refused: Refused) -> ReserveResponse {
    ReserveResponse {
        result: Some(Answer::Refused(v1::Refused {
            reason: refused.reason,
            message: refused.english,
            message_zh: refused.chinese,
        })),
    }
}

fn reserved_event(round: Round, claim: &Claim) -> CreditReserved {
    CreditReserved {
        customer: customer_name(claim.customer),
        approval: name::format("approvals", round.approval),
        round: round.number,
        subject: claim.subject.clone(),
        amount: Some(google::Money::from(&claim.amount)),
    }
}

fn refused_event(round: Round, claim: &Claim, refused: &Refused) -> CreditRefused {
    CreditRefused {
        customer: customer_name(claim.customer),
        approval: name::format("approvals", round.approval),
        round: round.number,
        subject: claim.subject.clone(),
        amount: Some(google::Money::from(&claim.amount)),
        reason: refused.reason.clone(),
    }
}
