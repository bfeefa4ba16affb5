use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use futures::FutureExt as _;
use salient_access::directory::{CachedDirectory, Directory, RemoteDirectory};
use salient_config::Settings;
use salient_database::{Database, migrate::MigrationSet};
use salient_outbox::{Handler, Relay};
use salient_peers::Peers;
use serde::de::DeserializeOwned;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument as _;

use crate::Routes;

/// The service that knows people and posts; every other one asks it who a caller is.
const DIRECTORY: &str = "organization";

/// One service of the suite, as the server hosts it. What differs between two of them is here, and nothing else.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    /// Its name in settings, tokens and addresses: `approval-orchestrator`.
    const NAME: &'static str;
    /// The database schema it owns.
    const SCHEMA: &'static str;
    /// Where it listens unless the settings say otherwise.
    const PORT: u16;
    /// What its domain lets a company set (`services.<name>.settings`).
    type Settings: DeserializeOwned + Default + Send;

    /// Its tables.
    fn migrations() -> MigrationSet;

    /// How it learns who a caller is.
    ///
    /// # Errors
    /// Whatever keeps it from asking.
    async fn directory(host: &Host) -> anyhow::Result<Arc<dyn Directory>> {
        let remote = RemoteDirectory::new(host.peers.channel(DIRECTORY)?);
        Ok(Arc::new(CachedDirectory::new(remote)))
    }

    /// Builds its state, starts its relay, and returns its methods.
    ///
    /// # Errors
    /// Whatever keeps it from serving; the process then ends with it.
    async fn start(host: Host, settings: Self::Settings) -> anyhow::Result<Routes>;
}

/// What a service is given to work with.
#[derive(Clone)]
pub struct Host {
    /// The service's own database.
    pub database: Database,
    /// The services it may call.
    pub peers: Peers,
    /// The settings of the deployment.
    pub settings: Arc<Settings>,
    /// Cancelled when the service should come to an end.
    pub shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Host {
    /// Starts delivering what the service's outbox holds, each destination by its handler.
    pub fn spawn_relay(&self, handlers: Vec<Arc<dyn Handler>>) {
        let relay = Relay::new(self.database.clone(), handlers);
        // It finishes the deliveries in hand itself when shutdown is asked for.
        self.tasks.spawn(relay.run(self.shutdown.clone()));
    }

    /// Runs something beside the calls. It is dropped, wherever it stands, when the service comes to an end; `what` names it
    /// in logs.
    pub fn spawn(&self, what: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let work = self.shutdown.clone().run_until_cancelled_owned(work).map(drop);
        self.tasks
            .spawn(work.instrument(tracing::info_span!("background", what)));
    }
}
