use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{ListPolicyVersionsRequest, ListPolicyVersionsResponse};

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{PolicyVersionRow, Query, policy_list},
};

/// The most versions of a page.
const LARGEST_PAGE: i32 = 200;

/// Returns the versions of a policy, the newest first (P1.3).
pub async fn list_policy_versions(
    app: App,
    op: OpContext,
    request: ListPolicyVersionsRequest,
) -> Result<ListPolicyVersionsResponse, Error> {
    let kind = wire::policy::kind_from(&request.parent);
    let size = request.page_size.min(LARGEST_PAGE);
    // The cursor is the number of the last version.
    let page = app
        .pages
        .open::<i64>(&op, size, &request.page_token, &[kind.as_bytes()])?;
    let (after, limit) = (page.after().copied(), page.limit());
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(policy_list(connection, kind, after, limit).await?)
    };
    let rows = app.database.read(&op, Query::PolicyList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row: &PolicyVersionRow| row.key.version);
    Ok(ListPolicyVersionsResponse {
        policy_versions: rows.iter().map(wire::policy::policy_version).collect(),
        next_page_token,
    })
}
