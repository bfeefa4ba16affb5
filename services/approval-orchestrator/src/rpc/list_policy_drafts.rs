use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ListPolicyDraftsRequest, ListPolicyDraftsResponse};

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{DraftRow, Query, draft_list},
};

/// The most drafts of a page.
const LARGEST_PAGE: i32 = 200;

/// Returns the drafts of a policy, by id (P1.3).
pub async fn list_policy_drafts(
    app: App,
    op: OpContext,
    request: ListPolicyDraftsRequest,
) -> Result<ListPolicyDraftsResponse, Error> {
    let kind = wire::policy::kind_from(&request.parent);
    let size = request.page_size.min(LARGEST_PAGE);
    // The cursor is the last id.
    let page = app
        .pages
        .open::<String>(&op, size, &request.page_token, &[kind.as_bytes()])?;
    let (after, limit) = (&page.after().cloned(), page.limit());
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(draft_list(connection, kind, after.clone(), limit).await?)
    };
    let rows = app.database.read(&op, Query::DraftList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row: &DraftRow| row.key.draft.clone());
    Ok(ListPolicyDraftsResponse {
        drafts: rows.iter().map(wire::draft::draft).collect(),
        next_page_token,
    })
}
