//! From files and variables to the tree, collecting every problem on the way.

use std::{collections::HashMap, env, path::Path};

use config::{Config, Environment, File, FileFormat, Value, ValueKind};
use serde::de::DeserializeOwned;

use crate::{Invalid, Problem, Settings};

const PREFIX: &str = "SALIENT";
const SERVICES: &str = "SALIENT__SERVICES__";
const PEERS: &str = "SALIENT__PEERS__";
/// More than this many problems are not worth one message.
const MOST: usize = 50;

impl Settings {
    /// Reads the files, then the process's variables, and checks the whole.
    ///
    /// # Errors
    /// Every unreadable file, unknown setting and bad value.
    pub fn load<P: AsRef<Path>>(files: &[P]) -> Result<Self, Invalid> {
        let variables = env::vars_os().filter_map(|(name, value)| {
            // A name or value that is not UTF-8 cannot be one of ours.
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::from_sources(files, variables)
    }

    /// The same with the variables given.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_sources<P: AsRef<Path>>(
        files: &[P],
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Invalid> {
        let settings: Self = read(merge(files, variables)?, "")?;
        settings.check()?;
        Ok(settings)
    }
}

fn merge<P: AsRef<Path>>(
    files: &[P],
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Value, Invalid> {
    let mut builder = Config::builder();
    for file in files {
        builder = builder.add_source(File::from(file.as_ref()).format(FileFormat::Toml));
    }
    let variables = Environment::with_prefix(PREFIX)
        .prefix_separator("__")
        .separator("__")
        .source(Some(
            variables.into_iter().map(hyphenated).collect::<HashMap<_, _>>(),
        ));
    let merged = builder.add_source(variables).build();
    let table = merged.map(|config| config.cache.kind);
    table
        .map(|kind| Value::new(None, kind))
        .map_err(|error| Invalid::from(Problem::new("configuration", error.to_string())))
}

/// Service names have hyphens, which names of variables cannot have.
fn hyphenated((name, value): (String, String)) -> (String, String) {
    if let Some(peer) = name.strip_prefix(PEERS) {
        return (format!("{PEERS}{}", peer.replace('_', "-")), value);
    }
    let Some((service, rest)) = name.strip_prefix(SERVICES).and_then(|name| name.split_once("__")) else {
        return (name, value);
    };
    (format!("{SERVICES}{}__{rest}", service.replace('_', "-")), value)
}

/// Reads a table, setting aside each value that does not fit until the rest does: so that one run reports every problem.
pub(crate) fn read<T: DeserializeOwned>(mut table: Value, prefix: &str) -> Result<T, Invalid> {
    let mut problems = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize(table.clone()) {
            Ok(read) => return Invalid::unless_empty(problems).map(|()| read),
            Err(error) => error,
        };
        let path: Vec<String> = error.path().iter().map(ToString::to_string).collect();
        problems.push(Problem::new(
            format!("{prefix}{}", path.join(".")),
            error.inner().to_string(),
        ));
        if problems.len() == MOST || !remove(&mut table, &path) {
            return Err(Invalid::from(problems));
        }
    }
}

/// Whether there was something at the path to set aside.
fn remove(value: &mut Value, path: &[String]) -> bool {
    let ValueKind::Table(table) = &mut value.kind else {
        return false;
    };
    match path {
        [] => false,
        [name] => table.remove(name).is_some(),
        [name, rest @ ..] => match table.get_mut(name) {
            Some(inner) => remove(inner, rest) || table.remove(name).is_some(),
            None => false,
        },
    }
}
