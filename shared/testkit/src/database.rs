use salient_database::{Connection, Database, DatabaseSettings, migrate::MigrationSet};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    cluster::{Shared, shared},
    template::{connect, create, execute},
};

/// How many connections a test's pool has: enough for a race between two, few enough for many tests at once.
const CONNECTIONS: usize = 4;

/// A database of one test's own, on the cluster of the process.
pub struct TestDatabase {
    shared: &'static Shared,
    name: String,
}

impl TestDatabase {
    /// A database with these schemas, migrated, and the roles of their services.
    pub async fn start(sets: &[MigrationSet]) -> Self {
        let name = create(sets).await;
        Self {
            shared: shared().await,
            name,
        }
    }

    /// A database without any schema of ours.
    pub async fn empty() -> Self {
        Self::start(&[]).await
    }

    /// Makes the roles of these schemas, for a test that migrates an empty database itself.
    pub async fn create_roles(&self, sets: &[MigrationSet]) {
        self.shared.create_roles(sets).await;
    }

    /// The database as the service that owns the schema sees it.
    pub async fn database(&self, schema: &'static str) -> Database {
        let settings = DatabaseSettings {
            max_connections: CONNECTIONS,
            ..DatabaseSettings::new(self.url(schema))
        };
        Database::connect(&settings, schema)
            .await
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The URL by which the service that owns the schema connects.
    #[must_use]
    pub fn url(&self, schema: &str) -> SecretString {
        let role = format!("salient_{schema}");
        self.shared
            .cluster
            .socket_url(&role, &self.shared.password, &self.name)
    }

    /// The URL by which any service connects, with `{schema}` in it standing for the service's own.
    pub(crate) fn url_template(&self) -> String {
        self.url("{schema}")
            .expose_secret()
            .replace("%7Bschema%7D", "{schema}")
    }

    /// The URL by which the owner connects.
    #[must_use]
    pub fn owner_url(&self) -> SecretString {
        self.shared.cluster.owner_url(&self.name)
    }

    /// A connection of the owner's, who may read and write everything, with this schema as the current one.
    pub async fn owner(&self, schema: &str) -> Connection {
        use diesel_async::SimpleAsyncConnection as _;
        let mut connection = connect(&self.owner_url()).await;
        let set = connection
            .batch_execute(&format!("SET search_path = {schema}"))
            .await;
        set.unwrap_or_else(|error| panic!("{error}"));
        connection
    }

    /// Runs statements as the owner.
    pub async fn execute(&self, statements: &str) {
        execute(&self.owner_url(), statements).await;
    }
}
