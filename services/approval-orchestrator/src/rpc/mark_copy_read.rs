use salient_database::Tx;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{MarkCopyReadRequest, ReceivedCopy};
use salient_values::name;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, copy_read},
};

/// Marks the copy of an approval that the caller was sent as read (P1.3).
pub async fn mark_copy_read(
    app: App,
    op: OpContext,
    request: MarkCopyReadRequest,
) -> Result<ReceivedCopy, Error> {
    let person = op.person()?.person;
    let id = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    let mark = async |tx: &mut Tx| {
        let copy = copy_read(tx, id, person).await?;
        // Everyone has their own copies only, so one of an approval that does not exist is like another's.
        let copy = copy.ok_or_else(Failure::out_of_scope)?;
        Ok::<_, Error>(wire::approval::received_copy(&copy))
    };
    app.database.mutate(&op, Query::CopyRead, mark).await
}
