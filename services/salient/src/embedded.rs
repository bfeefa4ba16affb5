//! From settings as they are to settings with which the whole suite can be served on this machine.

use anyhow::Context as _;
use salient_access::token::Issuer;
use salient_config::{ServiceSettings, Settings};
use salient_database::migrate::{self, ServiceRole};
use salient_embedded_postgres::{Cluster, Options};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    data_dir::{DataDir, Secrets},
    suite::{Member, migrations},
};

/// The database of the whole suite: a schema for each service.
const DATABASE: &str = "salient";

/// Whether what is brought up is meant to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    Lasting,
    Throwaway,
}

/// A machine that is ready to serve.
pub(crate) struct Prepared {
    pub(crate) settings: Settings,
    pub(crate) issuer: Issuer,
    /// `None` where the settings named a database.
    pub(crate) cluster: Option<Cluster>,
}

/// Provides what the settings leave open: a cluster with schemas, roles and tables, an issuer, keys, a place for files.
pub(crate) async fn prepare(
    mut settings: Settings,
    dir: &DataDir,
    lifetime: Lifetime,
) -> anyhow::Result<Prepared> {
    let given = settings.database.url.is_some() || settings.database.owner_url.is_some();
    let cluster = if given {
        None
    } else {
        let mut options = Options::durable(dir.cluster());
        options.durable = lifetime == Lifetime::Lasting;
        Some(Cluster::start(options).await?)
    };
    // Under the cluster's lock, if there is one: two processes would otherwise make up different ones.
    let secrets = dir.secrets()?;
    let ready = match &cluster {
        Some(cluster) => own_database(&mut settings, cluster, &secrets).await,
        None => given_database(&settings).await,
    };
    if let Err(error) = ready {
        if let Some(cluster) = cluster {
            cluster.stop().await;
        }
        return Err(error);
    }
    let issuer = own_issuer(&mut settings, dir)?;
    settings
        .paging
        .key
        .get_or_insert_with(|| secrets.paging_key.clone().into());
    settings
        .object_store
        .url
        .get_or_insert_with(|| format!("file://{}", dir.files().display()));
    // Beside the cluster, not in it.
    let approvals = Member::ApprovalOrchestrator.name().to_owned();
    let approvals = settings.services.entry(approvals).or_default();
    approvals.set_default("anchor_key", &secrets.anchor_key);
    approvals.set_default("anchor_url", &format!("file://{}", dir.anchors().display()));
    // Whoever tries the suite out wants to look around.
    settings.reflection = true;
    Ok(Prepared {
        settings,
        issuer,
        cluster,
    })
}

/// The issuer whose tokens the services of this machine believe, and which signs their own.
fn own_issuer(settings: &mut Settings, dir: &DataDir) -> anyhow::Result<Issuer> {
    let auth = &mut settings.auth;
    anyhow::ensure!(
        auth.issuer_folder.is_some() || (auth.jwks.is_none() && auth.service_token_file.is_none()),
        "auth.jwks or auth.service_token_file is set, but auth.issuer_folder is not: what brings up everything signs tokens, too"
    );
    let folder = auth.issuer_folder.get_or_insert_with(|| dir.issuer());
    let issuer = Issuer::open(folder, &auth.issuer, &auth.audience)?;
    let jwks = issuer.jwks().to_string_lossy().into_owned();
    auth.jwks.get_or_insert(jwks);
    Ok(issuer)
}

async fn own_database(settings: &mut Settings, cluster: &Cluster, secrets: &Secrets) -> anyhow::Result<()> {
    create_database(&cluster.owner_url("postgres")).await?;
    let owner_url = cluster.owner_url(DATABASE);
    let mut roles = Vec::new();
    for member in Member::ALL {
        let schema = member.schema();
        let password = secrets.roles.get(schema).context("secrets.json lacks a role")?;
        let password = SecretString::from(password.clone());
        let own: &mut ServiceSettings = settings.services.entry(member.name().to_owned()).or_default();
        // Through the socket: faster than the loopback address, and closed to other users.
        own.database_url = Some(cluster.socket_url(&format!("salient_{schema}"), &password, DATABASE));
        roles.push(ServiceRole { schema, password });
    }
    migrate::create_roles(&owner_url, &roles).await?;
    migrate::run(&owner_url, &migrations()).await?;
    settings.database.owner_url = Some(owner_url);
    Ok(())
}

/// The roles of a database that was given are its owner's affair.
async fn given_database(settings: &Settings) -> anyhow::Result<()> {
    let owner_url = settings.database.owner_url.as_ref();
    let owner_url =
        owner_url.context("database.url is set, but database.owner_url, which migrates, is not")?;
    migrate::run(owner_url, &migrations()).await?;
    Ok(())
}

async fn create_database(url: &SecretString) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), tokio_postgres::NoTls).await?;
    // Ends with the client; what breaks it shows in the statements.
    tokio::spawn(connection);
    let there = client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&DATABASE])
        .await?;
    if there.is_none() {
        client
            .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
            .await?;
    }
    Ok(())
}
