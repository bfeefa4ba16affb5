use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::customers::v1::{ListCreditEntriesRequest, ListCreditEntriesResponse};
use salient_values::name;

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{Query, customers::customer_find, entries::entry_list},
};

/// Lists what changed a customer's credit, the newest first.
pub(super) async fn list_credit_entries(
    app: App,
    op: OpContext,
    request: ListCreditEntriesRequest,
) -> Result<ListCreditEntriesResponse, Error> {
    let id = name::parse(COLLECTION, &request.parent).map_err(|error| error.at("parent"))?;
    let query = [request.parent.as_bytes()];
    let page = app
        .pages
        .open::<i64>(&op, request.page_size, &request.page_token, &query)?;
    let read = async |connection: &mut Connection| {
        permitted(&op, id, customer_find(connection, id).await?)?;
        Ok::<_, Error>(entry_list(connection, id, page.after().copied(), page.limit()).await?)
    };
    let rows = app.database.read(&op, Query::CreditEntryList, read).await?;
    let (rows, next_page_token) = page.close(rows, |entry| entry.number);
    Ok(ListCreditEntriesResponse {
        credit_entries: rows.into_iter().map(|entry| convert::entry(id, entry)).collect(),
        next_page_token,
    })
}
