//! How points are controlled: by files, which replicas share as they share a database.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    process,
    sync::LazyLock,
};

use crate::{Action, Order, Point, VARIABLE};

static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| env::var_os(VARIABLE).map(PathBuf::from));

pub(crate) fn folder() -> Option<&'static Path> {
    FOLDER.as_deref()
}

pub(crate) fn pass(point: Point<'_>) -> Order {
    let Some(folder) = folder() else {
        return Order::GoOn;
    };
    match look(folder, &point.to_string()) {
        Ok(None) => Order::GoOn,
        Ok(Some(Action::Repeat)) => Order::Repeat,
        Ok(Some(Action::Abort)) => process::abort(),
        Err(error) => {
            // A test that believed in points which nobody records would prove nothing.
            eprintln!("{VARIABLE} {}: {error}", folder.display());
            process::abort()
        }
    }
}

/// Records that a point was passed, and finds out whether something is to be done at it, here and now.
fn look(folder: &Path, name: &str) -> io::Result<Option<Action>> {
    // One write to a file that is appended to: lines of several processes do not mix.
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("passed"))?
        .write_all(format!("{name}\n").as_bytes())?;
    let fired = folder.join("fired").join(name);
    match fs::rename(folder.join("armed").join(name), &fired) {
        Ok(()) => {}
        // Nothing is armed, or somebody else was there in the same instant.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match fs::read_to_string(fired)?.as_str() {
        "abort" => Ok(Some(Action::Abort)),
        "repeat" => Ok(Some(Action::Repeat)),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const NAME: &str = "contracts contract.v1.ContractService.SignContract contract_sign after-commit";

    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["armed", "fired"] {
            fs::create_dir(folder.path().join(inner)).unwrap();
        }
        folder
    }

    fn arm(folder: &TempDir, action: &str) {
        fs::write(folder.path().join("armed").join(NAME), action).unwrap();
    }

    #[test]
    fn what_is_passed_is_recorded_and_what_is_armed_is_done_once() {
        let folder = folder();
        let look = |name| look(folder.path(), name).unwrap();
        assert_eq!(look(NAME), None);
        for action in [Action::Abort, Action::Repeat] {
            arm(&folder, action.name());
            assert_eq!(look("another point"), None);
            assert_eq!(look(NAME), Some(action));
            assert_eq!(look(NAME), None);
        }
        assert!(folder.path().join("fired").join(NAME).exists());
        let passed = fs::read_to_string(folder.path().join("passed")).unwrap();
        assert_eq!(passed.lines().filter(|line| *line == NAME).count(), 5);
    }

    #[test]
    fn of_many_that_pass_at_once_one_does_it() {
        let folder = folder();
        arm(&folder, Action::Repeat.name());
        let did = std::thread::scope(|scope| {
            let passing: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| look(folder.path(), NAME).unwrap()))
                .collect();
            passing
                .into_iter()
                .filter_map(|passing| passing.join().unwrap())
                .count()
        });
        assert_eq!(did, 1);
    }

    #[test]
    fn what_cannot_be_understood_is_no_permission_to_go_on() {
        let folder = folder();
        arm(&folder, "explode");
        assert!(look(folder.path(), NAME).is_err());
        assert!(look(&folder.path().join("missing"), NAME).is_err());
    }
}
