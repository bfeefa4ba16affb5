use std::sync::Arc;

use crate::Profile;

/// Who calls.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A person, with the posts held now.
    Person(Arc<Profile>),
    /// A service of the suite, by name (`approval-orchestrator`), acting as itself.
    Service(String),
}

impl Caller {
    /// The caller's resource name, as it stands in events and audit rows: `employees/{uuid}` or `services/{name}`.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Person(profile) => profile.name(),
            Self::Service(name) => format!("services/{name}"),
        }
    }
}
