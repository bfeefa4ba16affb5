use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{ContractRevision, GetContractRevisionRequest};

use super::{answer, command, load};
use crate::{
    App,
    error::Error,
    store::{Query, revision_find},
};

/// Returns a contract's revision (P6.1.4).
pub(super) async fn get_contract_revision(
    app: &App,
    op: OpContext,
    request: GetContractRevisionRequest,
) -> Result<ContractRevision, Error> {
    let (id, number) = command::child_of_contract("revisions", &request.name)?;
    let read = async |connection: &mut Connection| {
        load::contract(connection, &op, id).await?;
        Ok::<_, Error>(revision_find(connection, id, number).await?)
    };
    let found = app.database.read(&op, Query::RevisionGet, read).await?;
    let revision = found.ok_or(Error::NotFound(request.name))?;
    Ok(answer::revision(&revision)?)
}
