//! The ceiling: the statements that each scenario needs, run by `pgbench` against a copy of the services' own database.
//!
//! A copy, because the services would number and deliver what `pgbench` inserts into theirs. What statements carry — a contract's
//! content, an approval's document, events, answers — is taken from what the services wrote.

mod combined;
mod script;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

pub use self::combined::combined;
use self::script::script;
use crate::{
    company::{Company, Desk},
    pgbench,
    postgres::{DATABASE, Postgres},
    scenario::Scenario,
};

const COPY: &str = "ceiling";

/// Gives contracts numbers for ids, so that `pgbench` can choose one. Then as an installation is that has been up for a while.
const PREPARE: [&str; 4] = [
    "CREATE TABLE renamed AS SELECT id AS old_id, lpad(to_hex(row_number() OVER (ORDER BY id)), 32, '0')::uuid AS new_id \
     FROM contracts.contract",
    "UPDATE contracts.revision SET contract = new_id FROM renamed WHERE contract = old_id",
    "UPDATE contracts.contract SET id = new_id FROM renamed WHERE id = old_id",
    "VACUUM ANALYZE",
];

/// What statements carry: name, and the query that finds it.
const CARRIED: [(&str, &str); 11] = [
    ("content", "SELECT content::text FROM contracts.revision LIMIT 1"),
    ("digest", "SELECT digest::text FROM contracts.revision LIMIT 1"),
    (
        "contract_event",
        "SELECT payload::text FROM contracts.event WHERE type LIKE '%ContractSubmitted' LIMIT 1",
    ),
    (
        "contract_answer",
        "SELECT response::text FROM contracts.idempotency WHERE caller LIKE 'employees/%' LIMIT 1",
    ),
    (
        "open_document",
        "SELECT document::text FROM approval.approval WHERE state = 'PENDING' LIMIT 1",
    ),
    (
        "document",
        "SELECT document::text FROM approval.approval WHERE state = 'APPROVED' LIMIT 1",
    ),
    (
        "approval_event",
        "SELECT payload::text FROM approval.event ORDER BY length(payload) DESC LIMIT 1",
    ),
    (
        "approval_answer",
        "SELECT response::text FROM approval.idempotency WHERE caller LIKE 'services/%' LIMIT 1",
    ),
    (
        "task_answer",
        "SELECT response::text FROM approval.idempotency WHERE caller LIKE 'employees/%' LIMIT 1",
    ),
    (
        "card",
        "SELECT card::text FROM approval.task WHERE state = 'APPROVED' LIMIT 1",
    ),
    (
        "decision",
        "SELECT decision::text FROM approval.task WHERE state = 'APPROVED' LIMIT 1",
    ),
];

/// What audit entries carry, from one of them.
const AUDITED: [(&str, &str); 2] = [
    (
        "origin",
        "SELECT origin FROM approval.audit_entry ORDER BY length(details) DESC LIMIT 1",
    ),
    (
        "details",
        "SELECT details FROM approval.audit_entry ORDER BY length(details) DESC LIMIT 1",
    ),
];

/// Where clients of `pgbench` find for whom they work.
const DESKS: &str = "CREATE TABLE desk (number integer PRIMARY KEY, customer uuid NOT NULL, owner uuid NOT NULL, unit uuid NOT NULL, \
    region text NOT NULL, supervisor uuid NOT NULL, manager uuid NOT NULL)";

/// The copy, and what `pgbench` runs on it.
pub struct Ceiling {
    url: SecretString,
    scripts: HashMap<Scenario, PathBuf>,
    variables: Vec<(&'static str, String)>,
}

impl Ceiling {
    /// Copies the services' database, which nobody may be connected to.
    ///
    /// # Errors
    /// Where the database refuses, or holds no example of something.
    pub async fn prepare(postgres: &Postgres, company: &Company, folder: &Path) -> anyhow::Result<Self> {
        let create = format!("CREATE DATABASE {COPY} TEMPLATE {DATABASE}");
        postgres.connect("postgres").await?.batch_execute(&create).await?;
        let copy = postgres.connect(COPY).await?;
        copy.batch_execute(DESKS).await?;
        for (number, desk) in company.desks.iter().enumerate() {
            copy.batch_execute(&format!("INSERT INTO desk VALUES ({number}, {})", row(desk)))
                .await?;
        }
        for statement in PREPARE {
            copy.batch_execute(statement)
                .await
                .with_context(|| statement.to_owned())?;
        }
        let contracts: i64 = copy
            .query_one("SELECT count(*) FROM contracts.contract", &[])
            .await?
            .try_get(0)?;
        let mut variables = vec![
            ("seated", 0.to_string()),
            ("desks", company.desks.len().to_string()),
            ("contracts", contracts.to_string()),
            ("waiting", id(&company.waiting.supervisor.employee).to_owned()),
        ];
        for (name, query) in CARRIED.into_iter().chain(AUDITED) {
            let found = copy
                .query_opt(query, &[])
                .await?
                .with_context(|| format!("no example: {query}"))?;
            variables.push((name, found.try_get(0)?));
        }
        let mut scripts = HashMap::new();
        for scenario in Scenario::ALL {
            let path = folder.join(format!("{}.sql", scenario.title().replace(' ', "-")));
            fs::write(&path, script(template(scenario))?)?;
            scripts.insert(scenario, path);
        }
        Ok(Self {
            url: postgres.owner_url(COPY),
            scripts,
            variables,
        })
    }

    /// How often a second `pgbench` runs the scenario's statements.
    ///
    /// # Errors
    /// Where it fails.
    pub async fn rate(&self, scenario: Scenario, clients: usize, duration: Duration) -> anyhow::Result<f64> {
        let script = self
            .scripts
            .get(&scenario)
            .context("a scenario without a script")?;
        // From here it counts up: never twice the same, whichever run it is.
        let mut variables = vec![("n", pgbench::start_number().to_string())];
        variables.extend(self.variables.iter().cloned());
        pgbench::rate(self.url.expose_secret(), script, &variables, clients, duration).await
    }
}

const fn template(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Create => include_str!("../../scripts/create.sql"),
        Scenario::Read => include_str!("../../scripts/read.sql"),
        Scenario::Inbox => include_str!("../../scripts/inbox.sql"),
        Scenario::SignOff => include_str!("../../scripts/sign_off.sql"),
    }
}

/// The values of a desk's row.
fn row(desk: &Desk) -> String {
    let Desk {
        customer,
        unit,
        region_code,
        salesperson,
        supervisor,
        manager,
    } = desk;
    let people = [&supervisor.employee, &manager.employee];
    let names = [customer, &salesperson.employee, unit, region_code]
        .into_iter()
        .chain(people);
    // Ids and codes: nothing in them has to be escaped.
    names
        .map(|name| format!("'{}'", id(name)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The last part of a resource's name.
fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
