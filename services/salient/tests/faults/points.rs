//! The folder by which processes are told what to do at which point, and say which they passed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use salient_failpoints::Action;

/// The folder.
pub struct Points(PathBuf);

impl Points {
    /// An empty one.
    pub fn new(folder: &Path) -> Self {
        let folder = folder.join("points");
        for inner in ["armed", "fired"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        Self(folder)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Has something done at a point, once.
    pub fn arm(&self, point: &str, action: Action) {
        // Written whole before it is there.
        let whole = self.0.join("next");
        fs::write(&whole, action.name()).unwrap();
        fs::rename(whole, self.0.join("armed").join(point)).unwrap();
    }

    /// The points that are armed and were not passed since.
    pub fn armed(&self) -> BTreeSet<String> {
        names(&self.0.join("armed"))
    }

    /// Takes back what nobody has done.
    pub fn disarm(&self) {
        for point in self.armed() {
            let _ = fs::remove_file(self.0.join("armed").join(point));
        }
    }

    /// Whether it was done at a point.
    pub fn fired(&self, point: &str) -> bool {
        self.0.join("fired").join(point).exists()
    }

    /// Forgets what was done.
    pub fn forget(&self) {
        for point in names(&self.0.join("fired")) {
            fs::remove_file(self.0.join("fired").join(point)).unwrap();
        }
    }

    /// How often each point was passed since this was asked last.
    pub fn passed(&self) -> BTreeMap<String, usize> {
        let path = self.0.join("passed");
        let taken = self.0.join("taken");
        // A process that is just writing writes into what was taken; it is not read then, which is soon enough the next time.
        if fs::rename(&path, &taken).is_err() {
            return BTreeMap::new();
        }
        let mut passed = BTreeMap::new();
        for line in fs::read_to_string(taken).unwrap().lines() {
            *passed.entry(line.to_owned()).or_default() += 1;
        }
        passed
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
