use std::net::SocketAddr;

use config::{Map, Value, ValueKind};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{Invalid, load};

/// What is set for one service alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceSettings {
    /// Where it listens; port 0 takes a free one. Unset: the service's own port on the loopback address.
    pub listen: Option<SocketAddr>,
    /// Its database, where it is not the common one.
    pub database_url: Option<SecretString>,
    /// What the service's own domain lets a company set; the service knows the names.
    settings: Option<Value>,
}

impl ServiceSettings {
    /// Sets one of the domain's own settings (`services.<name>.settings`), unless it is set.
    pub fn set_default(&mut self, name: &str, value: &str) {
        let settings = self
            .settings
            .get_or_insert_with(|| Value::new(None, ValueKind::Table(Map::new())));
        if let ValueKind::Table(table) = &mut settings.kind {
            table
                .entry(name.to_owned())
                .or_insert_with(|| Value::new(None, ValueKind::String(value.to_owned())));
        }
    }

    /// Reads the domain's own settings (`services.<name>.settings`).
    ///
    /// # Errors
    /// Every setting that is unknown or malformed, by its full name.
    pub fn domain<T: DeserializeOwned + Default>(&self, service: &str) -> Result<T, Invalid> {
        match &self.settings {
            None => Ok(T::default()),
            Some(table) => load::read(table.clone(), &format!("services.{service}.settings.")),
        }
    }
}
