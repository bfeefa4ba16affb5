use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::contracts::v1::{ArchiveContractRequest, Contract as ProtoContract, ContractArchived};

use super::{answer, command, load};
use crate::{App, error::Error, store::Query};

/// Archives a signed contract with its signed file (P6.1.4).
pub(super) async fn archive_contract(
    app: &App,
    op: OpContext,
    request: ArchiveContractRequest,
) -> Result<ProtoContract, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let change = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, &op, id, &request.etag).await?;
        let loaded_at = contract.head.version;
        contract.head.archive(tx.now())?;
        load::save(tx, &contract, loaded_at).await?;
        let response = answer::contract(&contract)?;
        tx.announce(NewEvent::of(
            response.name.clone(),
            &ContractArchived {
                contract: Some(response.clone()),
            },
        ));
        Ok::<_, Error>(response)
    };
    app.database.mutate(&op, Query::ContractArchive, change).await
}
