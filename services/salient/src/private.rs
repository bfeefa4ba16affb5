//! Files that only their user may read.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::Context as _;

/// Writes a file whole or not at all, in place of what is there.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let own = path.with_extension(format!("{:016x}", rand::random::<u64>()));
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&own);
    let written = file.and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&own, path)
    });
    if written.is_err() {
        // What is left of it is of no use; that the write failed is what matters.
        drop(fs::remove_file(&own));
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::write;

    #[test]
    fn the_file_is_its_users_alone_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secrets.json");
        for content in ["first", "second"] {
            write(&path, content.as_bytes()).expect("written");
            assert_eq!(fs::read_to_string(&path).expect("there"), content);
        }
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 1);
    }
}
