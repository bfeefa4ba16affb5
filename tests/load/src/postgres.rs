//! The PostgreSQL that everything is measured on: durable, as in production, and its own.

use std::{net::SocketAddr, path::Path};

use anyhow::Context as _;
use salient_database::migrate::{self, ServiceRole};
use salient_embedded_postgres::{Cluster, Options};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::{Client, NoTls};

/// The database of the services.
pub const DATABASE: &str = "salient";

/// Each service's role is named after its schema.
const SCHEMAS: [&str; 4] = ["organization", "customers", "contracts", "approval"];

/// What matters of the server's settings.
const SETTINGS: [&str; 6] = [
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_connections",
];

/// The server. It ends with this value.
pub struct Postgres {
    cluster: Cluster,
    password: SecretString,
}

impl Postgres {
    /// Starts it, with an empty database and the services' roles.
    ///
    /// # Errors
    /// Where there is none, or it refuses.
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        Self::start_as(Options::durable(folder.join("postgres"))).await
    }

    /// Starts one that need not survive anything: for reading what was made for it.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn scratch(folder: &Path) -> anyhow::Result<Self> {
        Self::start_as(Options::throwaway(folder.join("postgres"))).await
    }

    async fn start_as(options: Options) -> anyhow::Result<Self> {
        let cluster = Cluster::start(options).await?;
        let password: SecretString = format!("{:032x}", rand::random::<u128>()).into();
        let postgres = Self { cluster, password };
        postgres.create(DATABASE).await?;
        let roles = SCHEMAS.map(|schema| ServiceRole {
            schema,
            password: postgres.password.clone(),
        });
        migrate::create_roles(&postgres.owner_url(DATABASE), &roles).await?;
        Ok(postgres)
    }

    /// Makes another database.
    ///
    /// # Errors
    /// Where it exists.
    pub async fn create(&self, database: &str) -> anyhow::Result<()> {
        let client = self.connect("postgres").await?;
        client
            .batch_execute(&format!("CREATE DATABASE {database}"))
            .await?;
        Ok(())
    }

    /// The URL of the owner.
    #[must_use]
    pub fn owner_url(&self, database: &str) -> SecretString {
        self.cluster.owner_url(database)
    }

    /// The URL of the services, `{schema}` in it for each one's own: through the socket, as `pgbench` connects too.
    #[must_use]
    pub fn services_url(&self) -> SecretString {
        self.services_url_in(DATABASE)
    }

    /// The same in another database.
    #[must_use]
    pub fn services_url_in(&self, database: &str) -> SecretString {
        for_schemas(&self.cluster.socket_url(PLACEHOLDER, &self.password, database))
    }

    /// The same through something that listens at this address.
    #[must_use]
    pub fn services_url_through(&self, address: SocketAddr) -> SecretString {
        let url = self.cluster.url(PLACEHOLDER, &self.password, DATABASE);
        let url = url
            .expose_secret()
            .replace(&self.cluster.address().to_string(), &address.to_string());
        for_schemas(&url.into())
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.cluster.address()
    }

    /// Its process.
    ///
    /// # Errors
    /// Where that is no number of a process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        Ok(u32::try_from(self.cluster.pid())?)
    }

    /// Connects as the owner.
    ///
    /// # Errors
    /// Where that fails.
    pub async fn connect(&self, database: &str) -> anyhow::Result<Client> {
        let url = self.owner_url(database);
        let (client, connection) = tokio_postgres::connect(url.expose_secret(), NoTls).await?;
        // Ends with the client; what breaks it shows in the statements.
        tokio::spawn(connection);
        Ok(client)
    }

    /// What matters of its settings.
    ///
    /// # Errors
    /// Where they cannot be asked.
    pub async fn settings(&self) -> anyhow::Result<Vec<(String, String)>> {
        let client = self.connect(DATABASE).await?;
        let mut settings = Vec::new();
        for name in SETTINGS {
            let row = client.query_one("SELECT current_setting($1)", &[&name]).await?;
            settings.push((
                name.to_owned(),
                row.try_get(0).context("a setting without a value")?,
            ));
        }
        Ok(settings)
    }

    /// Stops it.
    pub async fn stop(self) {
        self.cluster.stop().await;
    }
}

/// A role that stands for each service's own, and survives being put into a URL.
const PLACEHOLDER: &str = "salient_SCHEMA";

fn for_schemas(url: &SecretString) -> SecretString {
    url.expose_secret()
        .replace(PLACEHOLDER, "salient_{schema}")
        .into()
}
