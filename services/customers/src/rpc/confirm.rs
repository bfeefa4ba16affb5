use salient_database::NewEvent;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{ConfirmRequest, ConfirmResponse},
    customers::v1::CreditConfirmed,
    google::r#type as google,
};
use salient_values::name;

use super::{
    claim::round,
    settle::{Settling, find, settle},
};
use crate::{
    app::App,
    domain::reservation::{Claim, Ending, EndingRefusal, Round},
    error::{Error, customer_name},
};

struct Confirming;

/// Takes for good what a round reserved.
pub async fn confirm(app: App, op: OpContext, request: ConfirmRequest) -> Result<ConfirmResponse, Error> {
    let round = round(&request.approval, request.round)?;
    let reservation = find(&app, &op, round).await?;
    let reservation = reservation.ok_or(EndingRefusal::Missing(round))?;
    settle::<Confirming>(&app, &op, reservation).await
}

impl Settling for Confirming {
    type Response = ConfirmResponse;
    const ENDING: Ending = Ending::Confirm;

    fn response(claim: Option<&Claim>) -> ConfirmResponse {
        ConfirmResponse {
            amount: claim.map(|claim| google::Money::from(&claim.amount)),
        }
    }

    fn event(round: Round, claim: &Claim) -> NewEvent {
        let customer = customer_name(claim.customer);
        let event = CreditConfirmed {
            customer: customer.clone(),
            approval: name::format("approvals", round.approval),
            round: round.number,
            amount: Some(google::Money::from(&claim.amount)),
        };
        NewEvent::of(customer, &event)
    }
}
