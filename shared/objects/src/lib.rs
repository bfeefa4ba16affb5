//! Object stores as settings name them: a folder by default, a cloud's store by configuration.

use std::{env, sync::Arc};

use anyhow::Context as _;
use object_store::{ObjectStore, ObjectStoreScheme, local::LocalFileSystem, path::Path};

/// Opens the store of a URL (`file:///var/lib/salient/files`, `s3://bucket/prefix`), and says where in it to begin. Credentials
/// of cloud stores come from the platform's own variables (`AWS_…`).
///
/// # Errors
/// It is no URL, or names no store that can be used. The error does not say which setting it came from.
pub fn open(url: &str) -> anyhow::Result<(Arc<dyn ObjectStore>, Path)> {
    let url = url.parse().context("is not a URL")?;
    let unusable = "names no store that can be used";
    Ok(match ObjectStoreScheme::parse(&url).context(unusable)? {
        // What is recorded has to survive a power cut, as the record does.
        (ObjectStoreScheme::Local, root) => (Arc::new(LocalFileSystem::new().with_fsync(true)), root),
        _ => {
            let (store, root) = object_store::parse_url_opts(&url, env::vars()).context(unusable)?;
            (Arc::from(store), root)
        }
    })
}
