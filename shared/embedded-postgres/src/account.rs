//! The operating-system user that the server runs as.

use std::{
    fs,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::Path,
    process::Command,
};

use rustix::process::geteuid;

use crate::{Error, command::run};

/// The users tried in place of root, which PostgreSQL refuses: the one made for it, then one that every system has.
const INSTEAD_OF_ROOT: [&str; 2] = ["postgres", "nobody"];

/// Who runs the server.
#[derive(Debug, Clone)]
pub(crate) enum Account {
    /// The user that runs this process.
    Own,
    /// Another one, because this process is root's.
    Other(User),
}

/// A user to change to.
#[derive(Debug, Clone)]
pub(crate) struct User {
    name: &'static str,
    user: u32,
    group: u32,
}

impl Account {
    pub(crate) fn choose() -> Result<Self, Error> {
        if !geteuid().is_root() {
            return Ok(Self::Own);
        }
        let mut failure = None;
        for name in INSTEAD_OF_ROOT {
            match look_up(name) {
                Ok(user) => return Ok(Self::Other(user)),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or(Error::Program {
            program: "id".into(),
            output: "no user to run as".into(),
        }))
    }

    /// A command that runs as this user, in a folder that everybody may be in, out of reach of the terminal's Ctrl-C: this
    /// process decides when the server stops.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").process_group(0);
        if let Self::Other(user) = self {
            // Changing the user as root also drops root's supplementary groups.
            command.uid(user.user).gid(user.group);
        }
        command
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        let Self::Other(user) = self else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(user.user), Some(user.group)).map_err(Error::file(path))
    }

    /// Makes sure that this user can pass through every folder on the way to the path.
    pub(crate) fn can_reach(&self, path: &Path) -> Result<(), Error> {
        let Self::Other(user) = self else { return Ok(()) };
        for folder in path
            .ancestors()
            .skip(1)
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            let metadata = fs::metadata(folder).map_err(Error::file(folder))?;
            let enter = match (metadata.uid() == user.user, metadata.gid() == user.group) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            if metadata.mode() & enter == 0 {
                return Err(Error::Unreachable {
                    folder: folder.to_owned(),
                    user: user.name.to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Asks `id`, which knows users from wherever the system keeps them.
fn look_up(name: &'static str) -> Result<User, Error> {
    let number = |flag: &str| {
        let said = run(Command::new("id").args([flag, name]))?;
        let number = said.trim().parse();
        number.map_err(|_| Error::Program {
            program: "id".into(),
            output: said,
        })
    };
    Ok(User {
        name,
        user: number("-u")?,
        group: number("-g")?,
    })
}
