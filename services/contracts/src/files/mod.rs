//! Where the bytes of signed files are: in an object store, by contract and digest, so that a file that is sent twice is there once.

use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt as _, buffered::BufWriter, path::Path};
use salient_config::ObjectStore as Settings;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::{domain::File, error::Error};

/// Files up to this size go out in one request; larger ones in parts of it.
const PART: usize = 8 << 20;
/// How many parts of one file are on their way at once: what bounds the memory of an upload.
const PARTS_AT_ONCE: usize = 2;

/// The object store.
#[derive(Clone)]
pub(crate) struct FileStore {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl FileStore {
    /// Opens the store that the settings name.
    pub(crate) fn open(settings: &Settings) -> anyhow::Result<Self> {
        let url = settings.url.as_deref().context("object_store.url: is not set")?;
        let (store, root) = salient_objects::open(url).context("object_store.url")?;
        Ok(Self { store, root })
    }

    /// Begins to write a contract's file with this digest. It is there once it is [finished](Upload::finish), whole or not at all.
    pub(crate) fn write(&self, contract: Uuid, sha256: &[u8; 32]) -> Upload {
        let path = self.path(contract, sha256);
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), path, PART);
        Upload(writer.with_max_concurrency(PARTS_AT_ONCE))
    }

    /// Reads a file from its beginning.
    pub(crate) async fn read(&self, file: &File) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let found = self.store.get(&self.path(file.contract, &file.sha256)).await?;
        Ok(found.into_stream().map_err(Error::from).boxed())
    }

    fn path(&self, contract: Uuid, sha256: &[u8; 32]) -> Path {
        let digest: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        self.root
            .clone()
            .join("contracts")
            .join(contract.to_string())
            .join(digest)
    }
}

/// A file on its way into the store.
pub(crate) struct Upload(BufWriter);

impl Upload {
    /// Takes the next part.
    pub(crate) async fn take(&mut self, chunk: Bytes) -> Result<(), Error> {
        Ok(self.0.put(chunk).await?)
    }

    /// Ends it: the file is in the store then.
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        self.0.shutdown().await.map_err(|error| {
            Error::Store(object_store::Error::Generic {
                store: "upload",
                source: error.into(),
            })
        })
    }

    /// Gives it up: nothing of it stays in the store.
    pub(crate) async fn abandon(mut self) {
        if let Err(error) = self.0.abort().await {
            // Parts of it stay, unreadable, until the store's own cleaning.
            tracing::warn!(%error, "an upload was not cleaned up");
        }
    }
}
