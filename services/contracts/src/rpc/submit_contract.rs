use salient_database::{Connection, NewDelivery, NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{Fact, RequestApprovalRequest, fact},
    contracts::v1::{Contract as ProtoContract, ContractSubmitted, SubmitContractRequest},
};
use salient_values::name;
use uuid::Uuid;

use super::{
    answer::{self, APPROVALS, CUSTOMERS, EMPLOYEES, UNITS},
    command, load,
};
use crate::{
    App,
    domain::{Contract, Verb, Year},
    error::Error,
    peers::{self, ApprovalRelay, Customer},
    store::{Query, number_next},
};

/// The longest title that the orchestrator takes, in characters.
const LONGEST_TITLE: usize = 200;

/// Submits a contract for sign-off (P6.1.1). The request goes to the orchestrator through the outbox, with the submission or not at
/// all.
pub(super) async fn submit_contract(
    app: &App,
    op: OpContext,
    request: SubmitContractRequest,
) -> Result<ProtoContract, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let customer = match customer(app, &op, id).await {
        Ok(customer) => customer,
        // A repeat is answered as it was, whether or not the customer is still there.
        Err(error) => return app.database.or_answered(&op, Err(error)).await,
    };
    // The same in every attempt of the transaction.
    let new_approval = Uuid::now_v7();
    let change = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, &op, id, &request.etag).await?;
        let loaded_at = contract.head.version;
        contract.submit(new_approval, tx.now())?;
        // Asked before the transaction; no other service is called within one.
        let customer = customer
            .as_ref()
            .filter(|customer| customer.id == contract.content.customer)
            .ok_or(Error::Changed(id))?;
        if contract.head.number.is_none() {
            let year = Year(tx.now().to_zoned(app.time_zone.clone()).year());
            contract.head.number = Some(number_next(tx, &contract.head.region_code, year).await?);
        }
        load::save(tx, &contract, loaded_at).await?;
        let response = answer::contract(&contract)?;
        tx.announce(NewEvent::of(
            response.name.clone(),
            &ContractSubmitted {
                contract: Some(response.clone()),
            },
        ));
        tx.send(approval_request(&contract, customer, &request.comment, &op)?);
        Ok::<_, Error>(response)
    };
    app.database.mutate(&op, Query::ContractSubmit, change).await
}

/// The customer of a contract that may be submitted; `None` where the transaction will refuse it anyway (or answer a repeat).
async fn customer(app: &App, op: &OpContext, id: Uuid) -> Result<Option<Customer>, Error> {
    let read = async |connection: &mut Connection| load::contract(connection, op, id).await;
    let contract = app.database.read(op, Query::ContractGet, read).await?;
    if contract.head.allows(Verb::Submit).is_err() {
        return Ok(None);
    }
    app.customers.get(op, contract.content.customer).await.map(Some)
}

/// What the orchestrator is asked.
fn approval_request(
    contract: &Contract,
    customer: &Customer,
    comment: &str,
    op: &OpContext,
) -> Result<NewDelivery, Error> {
    let head = &contract.head;
    let Some(sign_off) = &head.sign_off else {
        return Err(Failure::internal("submitted without a sign-off").into());
    };
    let approval = name::format(APPROVALS, sign_off.approval);
    let request = RequestApprovalRequest {
        approval: approval.clone(),
        round: sign_off.round,
        subject: Some(answer::subject(contract)),
        title: title(contract, customer),
        submitter: name::format(EMPLOYEES, op.person()?.person),
        unit: name::format(UNITS, head.unit),
        facts: facts(contract, customer)?,
        comment: comment.to_owned(),
        request_id: String::new(),
        account: name::format(CUSTOMERS, contract.content.customer),
    };
    Ok(NewDelivery::of(
        peers::APPROVALS,
        ApprovalRelay::REQUEST,
        approval,
        |id| RequestApprovalRequest {
            request_id: id.to_string(),
            ..request
        },
    ))
}

/// What approvers read in their inbox: `HT-HD-2026-000012 上海晨光贸易 机床采购`.
fn title(contract: &Contract, customer: &Customer) -> String {
    let number = contract.head.number.as_deref().unwrap_or_default();
    let parts = [number, &customer.display_name, &contract.content.title];
    let title = parts.join(" ");
    title.trim_end().chars().take(LONGEST_TITLE).collect()
}

/// What policies may ask about a contract.
pub(super) fn facts(contract: &Contract, customer: &Customer) -> Result<Vec<Fact>, Error> {
    let Contract { head, content, .. } = contract;
    let amount = answer::money(head.amounts.total, content.currency)?;
    let text = |name: &str, value: &str| Fact {
        name: name.into(),
        value: Some(fact::Value::Text(value.into())),
    };
    Ok(vec![
        Fact {
            name: "amount".into(),
            value: Some(fact::Value::Money(amount)),
        },
        text("region", &head.region_code),
        text("customer_grade", &customer.grade),
    ])
}
