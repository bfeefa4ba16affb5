//! What a running installation tells of itself: to whoever started it, and to commands that run beside it.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use salient_access::token::Issuer;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{client::id_of, data_dir::DataDir};

/// The document's name in the data directory. It holds no token: whoever can read it can sign one.
const KEPT: &str = "installation.json";

/// Where the services answer, who works there, and for whom.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Installation {
    /// URLs by service.
    pub(crate) addresses: BTreeMap<String, String>,
    pub(crate) people: Vec<Person>,
    pub(crate) customers: Vec<Customer>,
}

/// Somebody, with the first of the posts held.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Person {
    /// `employees/{uuid}`.
    pub(crate) employee: String,
    pub(crate) number: String,
    pub(crate) name: String,
    /// `POST_SALESPERSON`; empty where none is held.
    pub(crate) post: String,
    /// `orgUnits/{uuid}`.
    pub(crate) unit: String,
    /// What people call the unit.
    pub(crate) unit_name: String,
    /// Empty for posts of the company itself.
    pub(crate) region_code: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) token: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(crate) struct Customer {
    /// `customers/{uuid}`.
    pub(crate) customer: String,
    pub(crate) name: String,
    /// `employees/{uuid}`.
    pub(crate) owner: String,
    /// `orgUnits/{uuid}`.
    pub(crate) unit: String,
    /// In yuan; empty where no credit was granted.
    pub(crate) credit_limit: String,
}

impl Installation {
    /// The same with a token for everybody.
    pub(crate) fn with_tokens(&self, issuer: &Issuer, valid: Duration) -> anyhow::Result<Self> {
        let mut signed = self.clone();
        for person in &mut signed.people {
            person.token = Some(issuer.issue_person(id_of(&person.employee)?, valid)?);
        }
        Ok(signed)
    }

    /// Keeps it for [`Installation::kept`].
    pub(crate) fn keep(&self, dir: &DataDir) -> anyhow::Result<()> {
        dir.keep(KEPT, self)
    }

    /// What the last `salient up` in the data directory left.
    pub(crate) fn kept(dir: &DataDir) -> anyhow::Result<Option<Self>> {
        dir.kept(KEPT)
    }

    /// Finds a person by name, by personnel number, or by resource name.
    pub(crate) fn person(&self, who: &str) -> Option<&Person> {
        let is = |person: &&Person| person.name == who || person.number == who || person.employee == who;
        self.people.iter().find(is)
    }
}

/// The id of the person meant: anybody by resource name or id, those of the installation also by name or number.
pub(crate) fn person_meant(dir: &DataDir, who: &str) -> anyhow::Result<Uuid> {
    if let Ok(id) = who.strip_prefix("employees/").unwrap_or(who).parse() {
        return Ok(id);
    }
    let kept = Installation::kept(dir)?;
    let kept = kept.with_context(|| {
        let dir = dir.path().display();
        format!("{who:?} is not an id, and {dir} knows no people: run `salient up` there once")
    })?;
    let person = kept.person(who);
    let person = person.with_context(|| {
        let known: Vec<_> = kept
            .people
            .iter()
            .map(|person| format!("{} {}", person.number, person.name))
            .collect();
        format!("nobody is called {who:?}; there are: {}", known.join(", "))
    })?;
    id_of(&person.employee)
}
