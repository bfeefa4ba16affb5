use std::collections::HashMap;

use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{BatchGetContractsRequest, BatchGetContractsResponse};
use uuid::Uuid;

use super::{answer, command, load};
use crate::{
    App,
    domain::Contract,
    error::Error,
    store::{Query, contracts_find},
};

/// Returns many contracts, in the order asked for (P6.1.4). One that is not there, or not for the caller, fails them all.
pub(super) async fn batch_get_contracts(
    app: &App,
    op: OpContext,
    request: BatchGetContractsRequest,
) -> Result<BatchGetContractsResponse, Error> {
    let ids = request
        .names
        .iter()
        .map(|name| command::contract_id(name, "names"));
    let ids: Vec<Uuid> = ids.collect::<Result<_, _>>()?;
    let read = async |connection: &mut Connection| Ok::<_, Error>(contracts_find(connection, &ids).await?);
    let found = app.database.read(&op, Query::ContractBatchGet, read).await?;
    let found: HashMap<Uuid, Contract> = found
        .into_iter()
        .map(|contract| (contract.head.id, contract))
        .collect();
    let contracts = ids.iter().map(|id| {
        let contract = load::permitted(&op, *id, found.get(id).cloned())?;
        Ok::<_, Error>(answer::contract(&contract)?)
    });
    Ok(BatchGetContractsResponse {
        contracts: contracts.collect::<Result<_, _>>()?,
    })
}
