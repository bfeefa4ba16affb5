use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ListAuditEntriesRequest, ListAuditEntriesResponse};
use salient_values::name;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, audit_list},
};

/// How many entries a page has where the caller does not say.
const DEFAULT_PAGE: i32 = 100;

/// Returns an approval's history, the oldest entry first (P1.3).
pub async fn list_audit_entries(
    app: App,
    op: OpContext,
    request: ListAuditEntriesRequest,
) -> Result<ListAuditEntriesResponse, Error> {
    let id = name::parse("approvals", &request.parent).map_err(|error| error.at("parent"))?;
    let size = if request.page_size == 0 {
        DEFAULT_PAGE
    } else {
        request.page_size
    };
    // The cursor is the number of the last entry.
    let page = app
        .pages
        .open::<i64>(&op, size, &request.page_token, &[request.parent.as_bytes()])?;
    app.find_visible(&op, id).await?;
    let (after, limit) = (page.after().copied().unwrap_or_default(), page.limit());
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(audit_list(connection, id, after, limit).await?)
    };
    let rows = app.database.read(&op, Query::AuditList, list).await?;
    let (rows, next_page_token) = page.close(rows, |entry| entry.sequence);
    Ok(ListAuditEntriesResponse {
        audit_entries: rows.iter().map(wire::audit::audit_entry).collect(),
        next_page_token,
    })
}
