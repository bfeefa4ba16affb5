use std::sync::Arc;

use anyhow::Context as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, path::Path};

use crate::{domain::anchor::Anchor, error::Error};

/// The folder of anchors in the place that the settings name.
const FOLDER: &str = "anchors";
/// The largest object that is read: several times what the largest anchor takes.
const LARGEST: u64 = 4 << 20;

/// Where anchors are: one object for each number, never overwritten. Cheap to clone.
#[derive(Clone)]
pub struct Place {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

/// What is there under a number.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// Something that cannot be read as an anchor.
    Damaged,
    /// An anchor; whose, it has to be asked.
    Anchor(Anchor),
}

impl Place {
    /// Opens the place of this URL.
    ///
    /// # Errors
    /// It is not one.
    pub fn open(url: &str) -> anyhow::Result<Self> {
        let (store, root) = salient_objects::open(url)?;
        Ok(Self {
            store,
            root: root.join(FOLDER),
        })
    }

    /// Reads the anchor of a number.
    ///
    /// # Errors
    /// Where the store cannot be asked.
    pub async fn read(&self, number: i64) -> Result<Found, Error> {
        let found = match self.store.get(&self.path(number)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(Found::Nothing),
            found => found?,
        };
        if found.meta.size > LARGEST {
            return Ok(Found::Damaged);
        }
        let content = found.bytes().await?;
        Ok(serde_json::from_slice(&content).map_or(Found::Damaged, Found::Anchor))
    }

    /// Writes an anchor, unless there is one of its number already: then it answers `false`, and nothing is changed. Of two
    /// replicas that write the same number, one does.
    ///
    /// # Errors
    /// Where the store did not confirm it: it may be there or not.
    pub async fn write(&self, anchor: &Anchor) -> Result<bool, Error> {
        let content = serde_json::to_vec(anchor).context("an anchor cannot be written");
        let content = content.map_err(|error| Error::Failed(salient_failure::Failure::internal(error)))?;
        let options = PutOptions::from(PutMode::Create);
        let path = self.path(anchor.number);
        match self
            .store
            .put_opts(&path, PutPayload::from(content), options)
            .await
        {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The number of the newest anchor, at least `known`; 0 where there is none. As there are no gaps, it is found without
    /// listing them: in steps that double, then by halves.
    ///
    /// # Errors
    /// Where the store cannot be asked.
    pub async fn newest(&self, known: i64) -> Result<i64, Error> {
        let (mut there, mut step) = (known, 1);
        while self.exists(there + step).await? {
            there += step;
            step *= 2;
        }
        let mut missing = there + step;
        while missing - there > 1 {
            let middle = there + (missing - there) / 2;
            if self.exists(middle).await? {
                there = middle;
            } else {
                missing = middle;
            }
        }
        Ok(there)
    }

    async fn exists(&self, number: i64) -> Result<bool, Error> {
        match self.store.head(&self.path(number)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn path(&self, number: i64) -> Path {
        self.root.clone().join(format!("{number:012}.json"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn anchor(number: i64) -> Anchor {
        Anchor {
            number,
            previous_hash: vec![0; 32],
            create_time: Timestamp::UNIX_EPOCH,
            key_id: "0011223344556677".to_owned(),
            heads: Vec::new(),
            signature: vec![7; 64],
        }
    }

    #[tokio::test]
    async fn a_number_is_written_once_and_the_newest_is_found_from_anywhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::open(&format!("file://{}", folder.path().display())).expect("a place");
        assert_eq!(place.newest(0).await.expect("asked"), 0);
        for number in 1..=11 {
            assert!(place.write(&anchor(number)).await.expect("written"));
            for known in 0..=number {
                assert_eq!(place.newest(known).await.expect("asked"), number, "from {known}");
            }
        }
        let other = Anchor {
            key_id: "other".to_owned(),
            ..anchor(4)
        };
        assert!(!place.write(&other).await.expect("refused"));
        assert!(matches!(place.read(4).await, Ok(Found::Anchor(found)) if found == anchor(4)));
        assert!(matches!(place.read(12).await, Ok(Found::Nothing)));
        let damaged = folder.path().join("anchors/000000000005.json");
        std::fs::write(damaged, "{}").expect("written");
        assert!(matches!(place.read(5).await, Ok(Found::Damaged)));
    }
}
