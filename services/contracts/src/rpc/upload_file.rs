use salient_database::{Connection, NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::contracts::v1::{ContractFile, ContractFileStored, UploadFileHeader, UploadFileRequest};
use salient_server::{Messages, idempotency_key};
use uuid::Uuid;

use super::{answer, command, load};
use crate::{
    App,
    domain::{File, FileType, Received, Verb},
    error::Error,
    store::{Query, file_insert},
};

/// Stores a version of a contract's signed file (P6.1.4).
///
/// The bytes go into the store first and are recorded after: a record without bytes would be a broken promise, while bytes without a
/// record are found by nobody. They are written again by a repeat, to the same place.
pub(super) async fn upload_file(
    app: &App,
    op: OpContext,
    mut messages: Messages<UploadFileRequest>,
) -> Result<ContractFile, Error> {
    let first = messages.next().await?.unwrap_or_default();
    let header = first
        .header
        .ok_or_else(|| Failure::invalid_field("header", "must come in the first message"))?;
    let announced = Announced::new(&header, app.settings.largest_file)?;
    // The header says everything about the content, by its digest.
    let content = prost::Message::encode_to_vec(&header);
    let key = idempotency_key(&op, &header.request_id, &[&content])?;
    let op = op.keyed(key);

    check(app, &op, announced.contract).await?;
    receive(app, &announced, first.chunk, messages).await?;
    record(app, &op, &announced, header.filename).await
}

/// What the header announces.
struct Announced {
    contract: Uuid,
    kind: FileType,
    size_bytes: u64,
    sha256: [u8; 32],
}

impl Announced {
    fn new(header: &UploadFileHeader, largest: u64) -> Result<Self, Error> {
        let contract = command::contract_id(&header.contract, "header.contract")?;
        let kind = FileType::named(&header.content_type)
            .ok_or_else(|| Failure::invalid_field("header.content_type", "is not a type that is kept"))?;
        let sha256 = <[u8; 32]>::try_from(header.sha256.as_slice())
            .map_err(|_| Failure::invalid_field("header.sha256", "must be 32 bytes"))?;
        let size_bytes = u64::try_from(header.size_bytes)
            .map_err(|_| Failure::invalid_field("header.size_bytes", "must be more than 0"))?;
        if size_bytes > largest {
            return Err(Error::FileTooLarge(largest));
        }
        Ok(Self {
            contract,
            kind,
            size_bytes,
            sha256,
        })
    }
}

/// Refuses before anything is sent in vain. A repeat of an upload passes, or fails and is answered, as the transaction decides.
async fn check(app: &App, op: &OpContext, id: Uuid) -> Result<(), Error> {
    let read = async |connection: &mut Connection| load::contract(connection, op, id).await;
    let contract = app.database.read(op, Query::ContractGet, read).await?;
    // Archived since the first attempt: the transaction answers a repeat and refuses anything else.
    if contract.head.file.is_none() {
        contract.head.allows(Verb::StoreFile)?;
    }
    Ok(())
}

/// Writes what arrives into the store, and keeps it there only if it is what was announced.
async fn receive(
    app: &App,
    announced: &Announced,
    first: Vec<u8>,
    mut messages: Messages<UploadFileRequest>,
) -> Result<(), Error> {
    let mut received = Received::default();
    let mut upload = app.files.write(announced.contract, &announced.sha256);
    let taken = async {
        let mut chunk = first;
        loop {
            received.take(&chunk);
            if received.size_bytes() > announced.size_bytes {
                break;
            }
            upload.take(chunk.into()).await?;
            match messages.next().await? {
                Some(next) if next.header.is_some() => {
                    return Err(
                        Failure::invalid_field("header", "must come in the first message only").into(),
                    );
                }
                Some(next) => chunk = next.chunk,
                None => break,
            }
        }
        received
            .check(announced.kind, announced.size_bytes, announced.sha256)
            .map_err(Error::from)
    };
    match taken.await {
        Ok(()) => upload.finish().await,
        Err(error) => {
            upload.abandon().await;
            Err(error)
        }
    }
}

/// Records the file as the contract's newest.
async fn record(
    app: &App,
    op: &OpContext,
    announced: &Announced,
    filename: String,
) -> Result<ContractFile, Error> {
    let store = async |tx: &mut Tx| {
        let mut contract = load::contract_to_change(tx, op, announced.contract, "").await?;
        let loaded_at = contract.head.version;
        let file = File {
            contract: announced.contract,
            version: contract.head.add_file(tx.now())?,
            filename: filename.clone(),
            kind: announced.kind,
            size_bytes: i64::try_from(announced.size_bytes).map_err(Failure::internal)?,
            sha256: announced.sha256,
            uploader: op.person()?.person,
            create_time: tx.now(),
        };
        file_insert(tx, &file).await?;
        load::save(tx, &contract, loaded_at).await?;
        let response = answer::file(&file);
        tx.announce(NewEvent::of(
            answer::contract_name(&contract),
            &ContractFileStored {
                file: Some(response.clone()),
            },
        ));
        Ok::<_, Error>(response)
    };
    app.database.mutate(op, Query::FileStore, store).await
}
