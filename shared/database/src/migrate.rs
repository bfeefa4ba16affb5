//! Schemas, roles and tables, under the role that owns them.

use std::time::Duration;

use diesel::{
    migration::{Migration, MigrationSource},
    pg::Pg,
    sql_types::{BigInt, Text},
};
use diesel_async::{
    AsyncConnection as _, AsyncMigrationHarness, RunQueryDsl as _, SimpleAsyncConnection as _,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use secrecy::{ExposeSecret as _, SecretString};

use crate::Connection;

/// The ledger tables, which every schema has.
const COMMON: EmbeddedMigrations = embed_migrations!("../../migrations/common");

/// The key of the lock that lets one migrator work at a time. Any number would do; it must only stay the same.
const LOCK: i64 = 0x5a11_e717;

/// How long DDL waits for running transactions before it gives way to them.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// One service's schema, its role, and how its tables come to be.
pub struct MigrationSet {
    schema: &'static str,
    own: EmbeddedMigrations,
}

/// Where one migration of a schema stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The schema.
    pub schema: &'static str,
    /// The migration, `<timestamp>_<verb_object>`.
    pub migration: String,
    /// Whether it has run.
    pub applied: bool,
}

/// A role that a service connects as, and its password.
pub struct ServiceRole {
    /// The schema that it works in; the role is `salient_<schema>`.
    pub schema: &'static str,
    /// Its password.
    pub password: SecretString,
}

/// Why migrating failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("cannot connect as the owner")]
    Connect(#[from] diesel::ConnectionError),
    /// A statement around the migrations failed.
    #[error("cannot prepare schema {schema}")]
    Prepare {
        /// The schema.
        schema: &'static str,
        /// Why.
        source: diesel::result::Error,
    },
    /// A migration failed; it is rolled back, those before it stand.
    #[error("schema {schema}: {source}")]
    Migration {
        /// The schema.
        schema: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl MigrationSet {
    /// The migrations of a schema, `migrations/<service>`.
    #[must_use]
    pub const fn new(schema: &'static str, own: EmbeddedMigrations) -> Self {
        Self { schema, own }
    }

    /// The schema.
    #[must_use]
    pub const fn schema(&self) -> &'static str {
        self.schema
    }

    /// The role that the service runs as.
    #[must_use]
    pub fn role(&self) -> String {
        role(self.schema)
    }
}

/// The ledger's migrations and the service's own, as one ordered list.
impl MigrationSource<Pg> for &MigrationSet {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        let mut migrations = MigrationSource::<Pg>::migrations(&COMMON)?;
        migrations.extend(MigrationSource::<Pg>::migrations(&self.own)?);
        Ok(migrations)
    }
}

/// Brings every schema up to date. Safe to run again and from several places at once: one works, the others wait.
///
/// # Errors
/// The first that occurs; what was done before stands.
pub async fn run(owner_url: &SecretString, sets: &[MigrationSet]) -> Result<usize, MigrateError> {
    let mut applied = 0;
    for set in sets {
        let connection = locked(owner_url, set.schema).await?;
        applied += in_harness(connection, set, |harness, set| {
            harness.run_pending_migrations(set).map(|versions| versions.len())
        })?;
    }
    Ok(applied)
}

/// Tells which migrations have run.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn status(
    owner_url: &SecretString,
    sets: &[MigrationSet],
) -> Result<Vec<MigrationStatus>, MigrateError> {
    let mut rows = Vec::new();
    for set in sets {
        let connection = locked(owner_url, set.schema).await?;
        rows.extend(in_harness(connection, set, |harness, set| {
            let applied = harness.applied_migrations()?;
            let all = MigrationSource::<Pg>::migrations(&set)?;
            Ok(all
                .iter()
                .map(|migration| MigrationStatus {
                    schema: set.schema,
                    migration: migration.name().to_string(),
                    applied: applied.contains(&migration.name().version().as_owned()),
                })
                .collect::<Vec<_>>())
        })?);
    }
    Ok(rows)
}

/// Creates the services' roles where they are missing and sets their passwords. Needs a role that may create roles.
///
/// # Errors
/// Where the server refuses.
pub async fn create_roles(admin_url: &SecretString, roles: &[ServiceRole]) -> Result<(), MigrateError> {
    for ServiceRole { schema, password } in roles {
        let mut connection = locked(admin_url, "public").await?;
        let role = role(schema);
        let password = password.expose_secret().replace('\'', "''");
        let statement = format!(
            "DO $do$ BEGIN \
                 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role}; END IF; \
             END $do$; \
             ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}'; \
             ALTER ROLE {role} SET search_path = {schema}"
        );
        connection
            .batch_execute(&statement)
            .await
            .map_err(|source| MigrateError::Prepare { schema, source })?;
    }
    Ok(())
}

fn role(schema: &str) -> String {
    format!("salient_{schema}")
}

/// A connection that holds the migrators' lock and works in the schema, which exists. The lock goes with the connection.
async fn locked(url: &SecretString, schema: &'static str) -> Result<Connection, MigrateError> {
    let mut connection = Connection::establish(url.expose_secret()).await?;
    let prepare = async {
        // The session's lock, not a transaction's: each migration has a transaction of its own.
        diesel::sql_query("SELECT pg_advisory_lock($1)")
            .bind::<BigInt, _>(LOCK)
            .execute(&mut connection)
            .await?;
        let lock_timeout = LOCK_TIMEOUT.as_millis();
        connection
            .batch_execute(&format!(
                "SET lock_timeout = {lock_timeout}; \
                 SET client_min_messages = warning; \
                 CREATE SCHEMA IF NOT EXISTS {schema}; \
                 SET search_path = {schema}"
            ))
            .await?;
        let role = role(schema);
        let known = diesel::sql_query("SELECT FROM pg_roles WHERE rolname = $1")
            .bind::<Text, _>(&role)
            .execute(&mut connection)
            .await?;
        if known > 0 {
            connection
                .batch_execute(&format!("GRANT USAGE ON SCHEMA {schema} TO {role}"))
                .await?;
        }
        Ok(())
    };
    prepare
        .await
        .map_err(|source| MigrateError::Prepare { schema, source })?;
    Ok(connection)
}

/// diesel's migrations are synchronous; the harness blocks in place.
fn in_harness<T>(
    connection: Connection,
    set: &MigrationSet,
    work: impl FnOnce(&mut AsyncMigrationHarness<Connection>, &MigrationSet) -> diesel::migration::Result<T>,
) -> Result<T, MigrateError> {
    let mut harness = AsyncMigrationHarness::new(connection);
    work(&mut harness, set).map_err(|source| MigrateError::Migration {
        schema: set.schema,
        source,
    })
}
