use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ListPoliciesRequest, ListPoliciesResponse};

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{PolicyRow, Query, policies_list},
};

/// The most policies of a page.
const LARGEST_PAGE: i32 = 200;

/// Returns the policies, by kind (P1.3).
pub async fn list_policies(
    app: App,
    op: OpContext,
    request: ListPoliciesRequest,
) -> Result<ListPoliciesResponse, Error> {
    let size = request.page_size.min(LARGEST_PAGE);
    // The cursor is the last kind.
    let page = app.pages.open::<String>(&op, size, &request.page_token, &[])?;
    let (after, limit) = (page.after().cloned(), page.limit());
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(policies_list(connection, after.as_deref(), limit).await?)
    };
    let rows = app.database.read(&op, Query::PoliciesList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row: &PolicyRow| row.latest.kind.clone());
    Ok(ListPoliciesResponse {
        policies: rows.iter().map(wire::standing::policy).collect(),
        next_page_token,
    })
}
