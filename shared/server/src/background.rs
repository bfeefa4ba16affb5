//! What every service does beside answering calls.

use std::time::Duration;

use salient_config::Settings;
use salient_database::DatabaseSettings;
use salient_outbox::Sequencer;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{Host, Service};

/// How long an answer is kept for repeats of its request: twice what clients are promised.
const REPEATABLE: Duration = Duration::from_secs(48 * 60 * 60);
/// How often answers past that are dropped.
const PURGE_PERIOD: Duration = Duration::from_secs(15 * 60);

/// Starts it.
pub(crate) fn spawn(host: &Host) {
    // Numbers events once they are committed, so that the feed never skips one.
    host.tasks
        .spawn(Sequencer::new(host.database.clone()).run(host.shutdown.clone()));
    let database = host.database.clone();
    host.spawn("purge", async move {
        // Also when it has just started: a replica that is replaced more often than it is time to drop would never drop any.
        loop {
            if let Err(error) = database.purge(REPEATABLE).await {
                tracing::warn!(%error, "answers of old requests were not dropped; trying again later");
            }
            tokio::time::sleep(PURGE_PERIOD).await;
        }
    });
}

/// How the service reaches its database: its own URL, or the common one with its schema filled in.
pub(crate) fn database_settings<S: Service>(settings: &Settings) -> anyhow::Result<DatabaseSettings> {
    let own = settings
        .services
        .get(S::NAME)
        .and_then(|own| own.database_url.clone());
    let url = match (own, &settings.database.url) {
        (Some(url), _) => url,
        (None, Some(url)) => SecretString::from(url.expose_secret().replace("{schema}", S::SCHEMA)),
        (None, None) => anyhow::bail!(
            "services.{}.database_url: is not set, and neither is database.url",
            S::NAME
        ),
    };
    let common = &settings.database;
    Ok(DatabaseSettings {
        url,
        max_connections: common.max_connections,
        wait_timeout: common.wait_timeout,
        connect_timeout: common.connect_timeout,
        statement_timeout: common.statement_timeout,
    })
}
