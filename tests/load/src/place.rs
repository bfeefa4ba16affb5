//! A folder for everything that a run leaves, gone with it.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// The folder.
pub struct Place(PathBuf);

impl Place {
    /// Makes it.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new() -> anyhow::Result<Self> {
        let path = env::temp_dir().join(format!("salient-load-{:016x}", rand::random::<u64>()));
        fs::create_dir(&path)?;
        // Root's PostgreSQL runs as another user, who has to pass through to its own folder.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        Ok(Self(path))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed stays in a folder for temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}
