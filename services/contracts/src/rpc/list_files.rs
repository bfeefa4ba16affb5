use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{ListFilesRequest, ListFilesResponse};

use super::{answer, command, list_contracts::LARGEST_PAGE, load};
use crate::{
    App,
    error::Error,
    store::{FileCursor, Query, file_list},
};

/// Lists the versions of a contract's signed file, the newest first (P6.1.4).
pub(super) async fn list_files(
    app: &App,
    op: OpContext,
    request: ListFilesRequest,
) -> Result<ListFilesResponse, Error> {
    let id = command::contract_id(&request.parent, "parent")?;
    let size = request.page_size.min(LARGEST_PAGE);
    let page = app
        .pages
        .open::<FileCursor>(&op, size, &request.page_token, &[request.parent.as_bytes()])?;
    let (after, limit) = (page.after().copied(), page.limit());
    let read = async |connection: &mut Connection| {
        load::contract(connection, &op, id).await?;
        Ok::<_, Error>(file_list(connection, id, after, limit).await?)
    };
    let rows = app.database.read(&op, Query::FileList, read).await?;
    let (rows, next_page_token) = page.close(rows, |file| FileCursor(file.version));
    Ok(ListFilesResponse {
        files: rows.iter().map(answer::file).collect(),
        next_page_token,
    })
}
