use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use salient_access::{
    Authentication, Rules,
    token::{Expected, KeySource, Verifier},
};
use salient_config::Settings;
use salient_database::Database;
use salient_outbox::feed::FeedService;
use salient_peers::Peers;
use salient_proto::POOL;
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Host, Listener, Routes, Service, background, connections, feed, health::Health, identity, reflection,
    stack,
};

/// A service that is being served.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Running {
    /// Where it answers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the service has come to its end after shutdown was asked for.
    ///
    /// # Errors
    /// The server itself broke.
    pub async fn join(self) -> anyhow::Result<()> {
        self.serving.await.context("the server ended unexpectedly")
    }
}

/// Runs a service: connects what it needs, starts it, and answers on the listener until `shutdown`.
///
/// # Errors
/// A setting, the database or the service itself keeps it from starting.
pub async fn host<S: Service>(
    settings: Arc<Settings>,
    listener: Listener,
    shutdown: CancellationToken,
) -> anyhow::Result<Running> {
    let starting = start::<S>(Arc::clone(&settings), shutdown.clone());
    let (host, guarded) = starting
        .await
        .with_context(|| format!("{} did not start", S::NAME))?;
    let names = guarded.names();
    let rules = Arc::new(Rules::from_pool(&POOL, &names)?);
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let health = Health::starting(reporter, &names).await;
    let mut open = Routes::default().add_service(health_service);
    if settings.reflection {
        open = reflection::add(open, &names)?;
    }
    let detached = TaskTracker::new();
    let service = stack::assemble(stack::Parts {
        guarded,
        open,
        rules,
        authentication: authentication::<S>(&host).await?,
        limits: &settings.limits,
        detached: detached.clone(),
    });
    background::spawn(&host);
    let database = host.database.clone();
    let check = move || {
        let database = database.clone();
        async move { database.check().await }
    };
    host.tasks.spawn(health.follow(check, shutdown.clone()));
    let address = listener.address();
    let serving = tokio::spawn(async move {
        tracing::info!(service = S::NAME, %address, "serving");
        let drain = settings.limits.drain;
        connections::serve(
            listener.socket,
            service,
            &settings.connections,
            shutdown.clone(),
            drain,
        )
        .await;
        finish(&[detached, host.tasks], drain).await;
        tracing::info!(service = S::NAME, "stopped");
    });
    Ok(Running { address, serving })
}

/// Connects the database and the peers, and lets the service build itself on them.
async fn start<S: Service>(
    settings: Arc<Settings>,
    shutdown: CancellationToken,
) -> anyhow::Result<(Host, Routes)> {
    settings.check_for_serving(&[S::NAME])?;
    let own = settings.services.get(S::NAME).cloned().unwrap_or_default();
    let domain = own.domain(S::NAME)?;
    let database = Database::connect(&background::database_settings::<S>(&settings)?, S::SCHEMA).await?;
    let peers = Peers::new(
        S::NAME,
        &settings.peers,
        identity::source(&settings.auth, S::NAME)?,
    )?;
    let host = Host {
        database,
        peers,
        settings,
        shutdown,
        tasks: TaskTracker::new(),
    };
    let feed = feed::server(FeedService::new(host.database.clone(), S::NAME));
    let routes = S::start(host.clone(), domain).await?;
    Ok((host, routes.add_service(feed)))
}

/// Believes tokens signed by the keys of the settings, and asks the service's directory about people.
async fn authentication<S: Service>(host: &Host) -> anyhow::Result<Authentication> {
    let auth = &host.settings.auth;
    let jwks = auth.jwks.as_deref().context("auth.jwks: is not set")?;
    let expected = Expected {
        issuer: auth.issuer.clone(),
        audience: auth.audience.clone(),
        algorithm: auth.algorithm.parse().context("auth.algorithm")?,
    };
    let verifier = Verifier::start(KeySource::parse(jwks)?, expected)
        .await
        .map_err(anyhow::Error::from_boxed)?;
    Ok(Authentication::new(Arc::new(verifier), S::directory(host).await?))
}

/// Waits for work that has outlived its connections: mutations whose clients left, deliveries in hand.
async fn finish(work: &[TaskTracker], patience: Duration) {
    let until = Instant::now() + patience;
    for tasks in work {
        tasks.close();
        if timeout_at(until, tasks.wait()).await.is_err() {
            tracing::warn!(tasks = tasks.len(), "leaving work that did not end in time");
        }
    }
}
