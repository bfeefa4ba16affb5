//! How methods come by a contract that they were named: with the caller's permission, checked before anything is said of it.

use salient_database::{Connection, Tx};
use salient_operation::{OpContext, Reach};
use salient_values::{etag, name};
use uuid::Uuid;

use crate::{
    CONTRACTS,
    domain::Contract,
    error::Error,
    store::{contract_find, contract_for_update, contract_save},
};

/// A contract to read.
pub(super) async fn contract(
    connection: &mut Connection,
    op: &OpContext,
    id: Uuid,
) -> Result<Contract, Error> {
    let found = contract_find(connection, id).await?;
    permitted(op, id, found)
}

/// A contract to change, locked until the transaction ends, at the version that the caller knows.
pub(super) async fn contract_to_change(
    tx: &mut Tx,
    op: &OpContext,
    id: Uuid,
    sent_etag: &str,
) -> Result<Contract, Error> {
    let found = contract_for_update(tx, id).await?;
    let contract = permitted(op, id, found)?;
    etag::check(sent_etag, contract.head.version, &name::format(CONTRACTS, id))?;
    Ok(contract)
}

/// Saves a changed contract onto the version it was loaded at.
pub(super) async fn save(tx: &mut Tx, contract: &Contract, loaded_at: i64) -> Result<(), Error> {
    // The row is locked, so this fails only where that was forgotten.
    if contract_save(tx, contract, loaded_at).await? {
        Ok(())
    } else {
        Err(Error::Changed(contract.head.id))
    }
}

/// Lets a contract pass that the caller may see. To those who do not see everything, one that does not exist is the same as one
/// that they may not see.
pub(super) fn permitted(op: &OpContext, id: Uuid, found: Option<Contract>) -> Result<Contract, Error> {
    let Some(contract) = found else {
        return match op.permit.reach() {
            Reach::Company | Reach::Service => Err(Error::no_contract(id)),
            Reach::Units { .. } | Reach::Own(_) => Err(salient_failure::Failure::out_of_scope().into()),
        };
    };
    op.permit.check(contract.head.owner, contract.head.unit)?;
    Ok(contract)
}
