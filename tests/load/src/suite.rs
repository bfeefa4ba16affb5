//! The services: one process of the release binary, beside the database's and the client's.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::company::Company;

/// How long the start may take; it migrates and makes the sample company.
const START: Duration = Duration::from_secs(180);
/// How long a stop in order may take.
const STOP: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// How the services are run.
#[derive(Clone)]
pub struct Run<'a> {
    /// `salient`.
    pub binary: &'a Path,
    /// Where they keep what they keep.
    pub folder: &'a Path,
    /// Their database.
    pub url: SecretString,
    /// The same as its owner.
    pub owner_url: SecretString,
    /// Where their traces go; nowhere if there is none.
    pub collector: Option<&'a str>,
    /// How many connections each service keeps; as many as by default if there is none.
    pub connections: Option<usize>,
}

/// The services, being served. They end with this value.
pub struct Suite {
    /// Whom they serve.
    pub company: Company,
    process: Child,
    pid: u32,
}

impl Run<'_> {
    /// Starts them and waits until they are ready.
    ///
    /// # Errors
    /// Where they do not start.
    pub async fn start(&self) -> anyhow::Result<Suite> {
        let ready = self.folder.join("ready.json");
        drop(std::fs::remove_file(&ready));
        let mut process = self
            .command(&ready)
            .spawn()
            .with_context(|| self.binary.display().to_string())?;
        let pid = process.id().context("the services ended at once")?;
        let until = Instant::now() + START;
        while !ready.exists() {
            anyhow::ensure!(
                process.try_wait()?.is_none(),
                "the services did not start; see above"
            );
            anyhow::ensure!(
                Instant::now() < until,
                "the services were not ready in {} s",
                START.as_secs()
            );
            sleep(POLL).await;
        }
        Ok(Suite {
            company: Company::read(&ready)?,
            process,
            pid,
        })
    }

    fn command(&self, ready: &Path) -> Command {
        let data: PathBuf = self.folder.join("salient");
        let mut command = Command::new(self.binary);
        command
            .arg("up")
            .arg("--data-dir")
            .arg(data)
            .args(["--ports-from", "0"])
            .arg("--ready-file")
            .arg(ready);
        command.env("SALIENT__DATABASE__URL", self.url.expose_secret());
        command.env("SALIENT__DATABASE__OWNER_URL", self.owner_url.expose_secret());
        if let Some(connections) = self.connections {
            command.env("SALIENT__DATABASE__MAX_CONNECTIONS", connections.to_string());
        }
        match self.collector {
            Some(url) => command.env("OTEL_EXPORTER_OTLP_ENDPOINT", url),
            None => command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT"),
        };
        // Standard output shows tokens.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

impl Suite {
    /// Their process.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Stops them in order.
    ///
    /// # Errors
    /// Where they do not end, or not well.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid)
            .ok()
            .and_then(Pid::from_raw)
            .context("no number of a process")?;
        kill_process(pid, Signal::TERM)?;
        let status = timeout(STOP, self.process.wait())
            .await
            .context("the services do not stop")??;
        anyhow::ensure!(status.success(), "the services ended with {status}");
        Ok(())
    }
}
