use jiff::civil::Date;
use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::contracts::v1::{Contract as ProtoContract, ContractSigned, SignContractRequest};

use super::{answer, command, load};
use crate::{
    App,
    domain::{Contract, Refusal, Signing, Verb},
    error::Error,
    store::Query,
};

/// Records that a contract was signed with the customer (P6.1.4).
pub(super) async fn sign_contract(
    app: &App,
    op: OpContext,
    request: SignContractRequest,
) -> Result<ProtoContract, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let day = command::day(request.sign_date.as_ref(), || "sign_date".into())?;
    let change = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, &op, id, &request.etag).await?;
        let loaded_at = contract.head.version;
        contract.head.allows(Verb::Sign)?;
        if app.settings.sign_requires_file {
            contract.head.needs_file()?;
        }
        let today = tx.now().to_zoned(app.time_zone.clone()).date();
        let signing = Signing {
            date: possible(app, &contract, day.unwrap_or(today), today)?,
            company: request.company_signatory.clone(),
            customer: request.customer_signatory.clone(),
        };
        contract.head.sign(signing, tx.now())?;
        load::save(tx, &contract, loaded_at).await?;
        let response = answer::contract(&contract)?;
        tx.announce(NewEvent::of(
            response.name.clone(),
            &ContractSigned {
                contract: Some(response.clone()),
            },
        ));
        Ok::<_, Error>(response)
    };
    app.database.mutate(&op, Query::ContractSign, change).await
}

/// Nothing is signed before it is approved, nor in the future.
fn possible(app: &App, contract: &Contract, day: Date, today: Date) -> Result<Date, Refusal> {
    let earliest = contract.approved_on(&app.time_zone).unwrap_or(today);
    if (earliest..=today).contains(&day) {
        return Ok(day);
    }
    Err(Refusal::SignDate {
        sign_date: day,
        earliest,
        latest: today,
    })
}
