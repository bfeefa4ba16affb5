use bytes::Bytes;
use futures::{
    StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{DownloadFileRequest, DownloadFileResponse};

use super::{answer, command, load};
use crate::{
    App,
    error::Error,
    store::{Query, file_find},
};

/// The largest part of a file in one message.
const CHUNK: usize = 256 << 10;

/// Returns a version of a contract's signed file (P6.1.4): what is known of it, then its content as it comes from the store.
pub(super) async fn download_file(
    app: &App,
    op: OpContext,
    request: DownloadFileRequest,
) -> Result<BoxStream<'static, Result<DownloadFileResponse, Error>>, Error> {
    let (id, version) = command::child_of_contract("files", &request.name)?;
    let read = async |connection: &mut Connection| {
        load::contract(connection, &op, id).await?;
        Ok::<_, Error>(file_find(connection, id, version).await?)
    };
    let found = app.database.read(&op, Query::FileGet, read).await?;
    let file = found.ok_or(Error::NotFound(request.name))?;
    let content = app.files.read(&file).await?;
    let header = DownloadFileResponse {
        file: Some(answer::file(&file)),
        chunk: Vec::new(),
    };
    let chunks = content
        .map_ok(|bytes| stream::iter(chunks(bytes)).map(Ok))
        .try_flatten();
    Ok(stream::iter([Ok(header)]).chain(chunks).boxed())
}

/// A part of the store cut to messages.
fn chunks(bytes: Bytes) -> Vec<DownloadFileResponse> {
    bytes
        .chunks(CHUNK)
        .map(|chunk| DownloadFileResponse {
            file: None,
            chunk: chunk.to_vec(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{CHUNK, chunks};

    #[test]
    fn parts_are_cut_to_messages_without_loss() {
        let cut = chunks(Bytes::from(vec![7; CHUNK * 2 + 1]));
        let sizes: Vec<_> = cut.iter().map(|message| message.chunk.len()).collect();
        assert_eq!(sizes, [CHUNK, CHUNK, 1]);
    }
}
