use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{ListContractRevisionsRequest, ListContractRevisionsResponse};

use super::{answer, command, list_contracts::LARGEST_PAGE, load};
use crate::{
    App,
    error::Error,
    store::{Query, RevisionCursor, revision_list},
};

/// Lists a contract's revisions, the newest first (P6.1.4).
pub(super) async fn list_contract_revisions(
    app: &App,
    op: OpContext,
    request: ListContractRevisionsRequest,
) -> Result<ListContractRevisionsResponse, Error> {
    let id = command::contract_id(&request.parent, "parent")?;
    let size = request.page_size.min(LARGEST_PAGE);
    let page =
        app.pages
            .open::<RevisionCursor>(&op, size, &request.page_token, &[request.parent.as_bytes()])?;
    let (after, limit) = (page.after().copied(), page.limit());
    let read = async |connection: &mut Connection| {
        load::contract(connection, &op, id).await?;
        Ok::<_, Error>(revision_list(connection, id, after, limit).await?)
    };
    let rows = app.database.read(&op, Query::RevisionList, read).await?;
    let (rows, next_page_token) = page.close(rows, |revision| RevisionCursor(revision.number));
    let revisions = rows.iter().map(answer::revision_summary);
    Ok(ListContractRevisionsResponse {
        contract_revisions: revisions.collect::<Result<_, _>>()?,
        next_page_token,
    })
}
