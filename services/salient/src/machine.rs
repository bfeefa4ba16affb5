//! The whole suite on one machine, from nothing to a company that can be called.

use std::net::Ipv4Addr;

use anyhow::Context as _;
use salient_access::token::Issuer;
use salient_config::{Settings, Telemetry};
use salient_embedded_postgres::Cluster;

use crate::{
    client::Connections,
    data_dir::DataDir,
    embedded::{Lifetime, Prepared, prepare},
    installation::Installation,
    seed,
    serving::{Serving, serve},
    suite::Member,
};

/// Everything that runs.
pub(crate) struct Machine {
    pub(crate) issuer: Issuer,
    pub(crate) connections: Connections,
    pub(crate) installation: Installation,
    serving: Serving,
    cluster: Option<Cluster>,
}

impl Machine {
    /// Provides what is missing, serves every service, and founds the sample company unless there is one.
    pub(crate) async fn start(settings: Settings, dir: &DataDir, lifetime: Lifetime) -> anyhow::Result<Self> {
        let Prepared {
            settings,
            issuer,
            cluster,
        } = prepare(settings, dir, lifetime).await?;
        let started = async {
            let founded = seed::found(&settings).await?;
            let serving = serve(settings, &Member::ALL).await?;
            let urls = Member::ALL
                .into_iter()
                .map(|member| Ok((member, serving.url(member)?)));
            let connections = Connections::new(urls.collect::<anyhow::Result<Vec<_>>>()?)?;
            match seed::company(&connections, &issuer, &founded).await {
                Ok(installation) => Ok((serving, connections, installation)),
                Err(error) => {
                    serving.stop().await?;
                    Err(error.context("the sample company could not be made"))
                }
            }
        };
        match started.await {
            Ok((serving, connections, mut installation)) => {
                for member in Member::ALL {
                    installation
                        .addresses
                        .insert(member.name().to_owned(), serving.url(member)?);
                }
                installation.keep(dir)?;
                Ok(Self {
                    issuer,
                    connections,
                    installation,
                    serving,
                    cluster,
                })
            }
            Err(error) => {
                if let Some(cluster) = cluster {
                    cluster.stop().await;
                }
                Err(error)
            }
        }
    }

    /// Resolves if the PostgreSQL of this process ends, which nobody has asked it to.
    pub(crate) async fn database_ended(&self) {
        match &self.cluster {
            Some(cluster) => drop(cluster.ended().await),
            None => std::future::pending().await,
        }
    }

    /// Stops the services, then what they stand on.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let stopped = self.serving.stop().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await;
        }
        stopped
    }
}

/// Lets the services listen on successive ports of the loopback address; from 0, on free ones.
pub(crate) fn listen_from(settings: &mut Settings, first: u16) -> anyhow::Result<()> {
    for (offset, member) in (0..).zip(Member::ALL) {
        let port = if first == 0 {
            0
        } else {
            first.checked_add(offset).context("--ports-from is too high")?
        };
        let own = settings.services.entry(member.name().to_owned()).or_default();
        own.listen = Some((Ipv4Addr::LOCALHOST, port).into());
    }
    Ok(())
}

/// Logs for somebody who looks at the command's own output: warnings alone, unless the settings ask for something.
pub(crate) fn quiet(telemetry: &Telemetry) -> Telemetry {
    let mut quiet = telemetry.clone();
    if quiet.filter == Telemetry::default().filter {
        quiet.filter = "warn".to_owned();
    }
    quiet
}
