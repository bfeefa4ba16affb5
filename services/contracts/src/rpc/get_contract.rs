use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{Contract as ProtoContract, GetContractRequest};

use super::{answer, command, load};
use crate::{App, error::Error, store::Query};

/// Returns a contract (P6.1.4): one query, one round trip.
pub(super) async fn get_contract(
    app: &App,
    op: OpContext,
    request: GetContractRequest,
) -> Result<ProtoContract, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let read = async |connection: &mut Connection| load::contract(connection, &op, id).await;
    let contract = app.database.read(&op, Query::ContractGet, read).await?;
    Ok(answer::contract(&contract)?)
}
