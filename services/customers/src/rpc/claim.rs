//! What a participant's request asks for.

use salient_failure::Failure;
use salient_proto::approval::v1::{ReserveRequest, fact};
use salient_values::{Money, name};

use crate::domain::{
    customer::COLLECTION,
    reservation::{Claim, Round},
};

/// The fact that says how much.
const AMOUNT: &str = "amount";

/// The round that a request names.
pub(super) fn round(approval: &str, number: i32) -> Result<Round, Failure> {
    let approval = name::parse("approvals", approval).map_err(|error| error.at("approval"))?;
    Ok(Round { approval, number })
}

/// What is claimed: the fact `amount` of the subject, from the customer that the account names.
pub(super) fn claim(request: &ReserveRequest) -> Result<Claim, Failure> {
    let customer = name::parse(COLLECTION, &request.account).map_err(|error| error.at("account"))?;
    let mut amounts = request.facts.iter().filter(|fact| fact.name == AMOUNT);
    let money = match (
        amounts.next().and_then(|fact| fact.value.as_ref()),
        amounts.next(),
    ) {
        (Some(fact::Value::Money(money)), None) => money,
        _ => {
            return Err(Failure::invalid_field(
                "facts",
                "must have one fact `amount`, an amount of money",
            ));
        }
    };
    let amount = Money::try_from(money).map_err(|error| error.at("facts.amount"))?;
    if amount.amount().is_sign_negative() && !amount.amount().is_zero() {
        return Err(Failure::invalid_field("facts.amount", "must not be negative"));
    }
    let subject = request
        .subject
        .as_ref()
        .map(|subject| subject.name.clone())
        .unwrap_or_default();
    Ok(Claim {
        customer,
        subject,
        amount,
    })
}
