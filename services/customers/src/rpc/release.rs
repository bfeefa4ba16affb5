use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{ReleaseRequest, ReleaseResponse},
    customers::v1::CreditReleased,
    google::r#type as google,
};
use salient_values::name;

use super::{
    claim::round,
    settle::{Settling, find, settle},
};
use crate::{
    app::App,
    domain::reservation::{Claim, Ending, EndingRefusal, Reservation, Round, State},
    error::{Error, customer_name},
    store::{
        Query,
        reservations::{ANSWERED, reservation_insert},
    },
};

struct Releasing;

/// Gives back what a round reserved. Where it reserved nothing yet, remembers that it is over, so that a reservation which comes
/// late takes no effect.
pub async fn release(app: App, op: OpContext, request: ReleaseRequest) -> Result<ReleaseResponse, Error> {
    let round = round(&request.approval, request.round)?;
    let reservation = match find(&app, &op, round).await? {
        Some(reservation) => reservation,
        None => match void(&app, &op, round).await {
            // The reservation came just now: give it back.
            Err(Error::Database(error)) if error.violates(ANSWERED) => {
                let found = find(&app, &op, round).await?;
                found.ok_or(EndingRefusal::Missing(round))?
            }
            voided => return voided,
        },
    };
    settle::<Releasing>(&app, &op, reservation).await
}

async fn void(app: &App, op: &OpContext, round: Round) -> Result<ReleaseResponse, Error> {
    let over = Reservation {
        round,
        state: State::Released,
        claim: None,
        refused: None,
    };
    let void = async |tx: &mut Tx| {
        let now = tx.now();
        reservation_insert(tx, &over, now).await?;
        Ok::<_, Error>(Releasing::response(None))
    };
    app.database.mutate(op, Query::ReservationVoid, void).await
}

impl Settling for Releasing {
    type Response = ReleaseResponse;
    const ENDING: Ending = Ending::Release;

    fn response(claim: Option<&Claim>) -> ReleaseResponse {
        ReleaseResponse {
            amount: claim.map(|claim| google::Money::from(&claim.amount)),
        }
    }

    fn event(round: Round, claim: &Claim) -> NewEvent {
        let customer = customer_name(claim.customer);
        let event = CreditReleased {
            customer: customer.clone(),
            approval: name::format("approvals", round.approval),
            round: round.number,
            amount: Some(google::Money::from(&claim.amount)),
        };
        NewEvent::of(customer, &event)
    }
}
