//! Health as Kubernetes asks for it: `startup`, `liveness` and `readiness`, each gRPC service by name, and the whole by "".

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

const STARTUP: &str = "startup";
const LIVENESS: &str = "liveness";
const READINESS: &str = "readiness";
/// How often readiness is checked: a lost database shows within this time.
const PERIOD: Duration = Duration::from_secs(2);

/// What the process says of its health.
#[derive(Clone)]
pub(crate) struct Health {
    reporter: HealthReporter,
    /// All names that follow readiness.
    ready_names: Vec<&'static str>,
}

impl Health {
    /// Alive, and nothing more yet.
    pub(crate) async fn starting(reporter: HealthReporter, services: &[&'static str]) -> Self {
        let ready_names = [&["", READINESS], services].concat();
        let health = Self {
            reporter,
            ready_names,
        };
        // The library calls everything SERVING from the start; traffic would come before the first check.
        health.ready(false).await;
        health
            .reporter
            .set_service_status(STARTUP, ServingStatus::NotServing)
            .await;
        health
            .reporter
            .set_service_status(LIVENESS, ServingStatus::Serving)
            .await;
        health
    }

    /// The service has started. Follows `check` (whether its database answers) from now on, until shutdown.
    pub(crate) async fn follow<E: Display, F>(self, check: impl Fn() -> F, shutdown: CancellationToken)
    where
        F: Future<Output = Result<(), E>>,
    {
        self.reporter
            .set_service_status(STARTUP, ServingStatus::Serving)
            .await;
        let checks = async {
            let mut was_ready = None;
            loop {
                let checked = check().await;
                let ready = checked.is_ok();
                if was_ready != Some(ready) {
                    was_ready = Some(ready);
                    match checked {
                        Ok(()) => tracing::info!("ready"),
                        Err(error) => tracing::warn!(%error, "not ready"),
                    }
                    self.ready(ready).await;
                }
                sleep(PERIOD).await;
            }
        };
        shutdown.run_until_cancelled(checks).await;
        // While draining: balancers stop sending before the connections close.
        self.ready(false).await;
    }

    async fn ready(&self, ready: bool) {
        let status = if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        for name in &self.ready_names {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
