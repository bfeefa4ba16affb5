//! Contract read.

use salient_proto::contracts::v1::{Contract, GetContractRequest};

use super::Stage;

/// Reads a contract as its owner.
///
/// # Errors
/// What the call fails with.
pub async fn read(stage: &Stage, client: usize, contract: &Contract) -> anyhow::Result<()> {
    let people = stage.company.desks.iter().map(|desk| &desk.salesperson);
    let owner = people
        .into_iter()
        .find(|person| person.employee == contract.owner);
    let owner = owner.unwrap_or(&stage.company.waiting.salesperson);
    let mut contracts = stage.connections.contracts(client, owner)?;
    let answer = contracts
        .get_contract(GetContractRequest {
            name: contract.name.clone(),
        })
        .await?;
    anyhow::ensure!(
        answer.into_inner().name == contract.name,
        "another contract was returned"
    );
    Ok(())
}
