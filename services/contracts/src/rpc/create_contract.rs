use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error as DatabaseError, LedgerCte, NewEvent};
use salient_operation::OpContext;
use salient_proto::contracts::v1::{Contract as ProtoContract, ContractCreated, CreateContractRequest};
use salient_values::name;
use uuid::Uuid;

use super::{
    answer::{self, UNITS},
    command,
};
use crate::{
    App,
    domain::{Contract, seat},
    error::Error,
    store::{InsertContract, Query},
};

/// Drafts a contract (P6.1.1): one statement, one round trip.
pub(super) async fn create_contract(
    app: &App,
    op: OpContext,
    request: CreateContractRequest,
) -> Result<ProtoContract, Error> {
    let sent = request.contract.unwrap_or_default();
    let named = match sent.unit.as_str() {
        "" => None,
        unit => Some(name::parse(UNITS, unit).map_err(|error| error.at("contract.unit"))?),
    };
    let person = op.person()?;
    let seat = seat(person, named)?;
    op.permit.check(person.person, seat.unit)?;

    let contract = Contract::draft(
        Uuid::now_v7(),
        person.person,
        seat,
        command::content(sent)?,
        now(),
    )?;
    let response = answer::contract(&contract)?;
    let event = NewEvent::of(
        response.name.clone(),
        &ContractCreated {
            contract: Some(response.clone()),
        },
    );
    let insert = async move |(connection, ledger): (&mut Connection, LedgerCte)| {
        let statement = InsertContract::new(&contract, ledger);
        statement.execute(connection).await.map_err(DatabaseError::from)?;
        Ok::<_, Error>(())
    };
    app.database
        .mutate_in_one_statement(
            &op,
            Query::ContractCreate,
            response,
            vec![event],
            Vec::new(),
            insert,
        )
        .await
}

/// Now, in the microseconds that the database keeps: what is answered and what is read back later are the same.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}
