//! Making the data directory.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::{Error, OWNER, account::Account, command::run, folder::Folder, programs::Programs};

/// Makes the data directory if there is none yet. It appears whole or not at all.
pub(crate) fn initialize(folder: &Folder, programs: &Programs, account: &Account) -> Result<(), Error> {
    let data = folder.data();
    if data.exists() {
        return Ok(());
    }
    let unfinished = folder.unfinished_data();
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::file(&unfinished))?;
    }
    let password = new_password(folder, account)?;
    let mut initdb = account.command(&programs.initdb());
    initdb
        .arg("-D")
        .arg(&unfinished)
        .arg("--pwfile")
        .arg(&password)
        .args([
            "--username",
            OWNER,
            "--auth",
            "scram-sha-256",
            "--encoding",
            "UTF8",
        ])
        // The same order and case rules on every machine, whatever its locales.
        .args(["--no-locale", "--no-sync"]);
    run(&mut initdb)?;
    fs::rename(&unfinished, &data).map_err(Error::file(&data))
}

/// The password that the data directory was made with.
pub(crate) fn password(folder: &Folder) -> Result<SecretString, Error> {
    let path = folder.password();
    let password = fs::read_to_string(&path).map_err(Error::file(&path))?;
    Ok(password.trim().into())
}

fn new_password(folder: &Folder, account: &Account) -> Result<std::path::PathBuf, Error> {
    let path = folder.password();
    if path.exists() {
        fs::remove_file(&path).map_err(Error::file(&path))?;
    }
    let password = SecretString::from(format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    ));
    write_private(&path, password.expose_secret())?;
    // initdb reads it as the server's user.
    account.own(&path)?;
    Ok(path)
}

fn write_private(path: &Path, content: &str) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(content.as_bytes()))
        .map_err(Error::file(path))
}
