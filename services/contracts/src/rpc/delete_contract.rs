use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::contracts::v1::{Contract as ProtoContract, ContractDeleted, DeleteContractRequest};

use super::{answer, command, load};
use crate::{App, error::Error, store::Query};

/// Gives a draft up (P6.1.1).
pub(super) async fn delete_contract(
    app: &App,
    op: OpContext,
    request: DeleteContractRequest,
) -> Result<ProtoContract, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let change = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, &op, id, &request.etag).await?;
        let loaded_at = contract.head.version;
        contract.head.delete(tx.now())?;
        load::save(tx, &contract, loaded_at).await?;
        let response = answer::contract(&contract)?;
        tx.announce(NewEvent::of(
            response.name.clone(),
            &ContractDeleted {
                contract: Some(response.clone()),
            },
        ));
        Ok::<_, Error>(response)
    };
    app.database.mutate(&op, Query::ContractDelete, change).await
}
