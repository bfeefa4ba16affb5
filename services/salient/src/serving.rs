//! Services that run in this process.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use anyhow::Context as _;
use futures::future::join_all;
use salient_config::Settings;
use salient_server::{Listener, Running};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::suite::Member;

/// Some services, being served.
pub(crate) struct Serving {
    /// Where each answers, by name.
    pub(crate) addresses: BTreeMap<&'static str, SocketAddr>,
    running: Vec<Running>,
    shutdown: CancellationToken,
}

/// Serves these members. Those in this process that have no address in `peers` are found where they listen.
pub(crate) async fn serve(mut settings: Settings, members: &[Member]) -> anyhow::Result<Serving> {
    let mut listeners = Vec::new();
    for member in members {
        let listen = settings.services.get(member.name()).and_then(|own| own.listen);
        let address = listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, member.port()).into());
        let listener = Listener::bind(address).await;
        let listener = listener.with_context(|| format!("{} cannot listen on {address}", member.name()))?;
        settings
            .peers
            .entry(member.name().to_owned())
            .or_insert_with(|| url(listener.address()));
        listeners.push((*member, listener));
    }
    let settings = Arc::new(settings);
    let mut serving = Serving {
        addresses: listeners
            .iter()
            .map(|(member, listener)| (member.name(), listener.address()))
            .collect(),
        running: Vec::new(),
        shutdown: CancellationToken::new(),
    };
    for (member, listener) in listeners {
        match member
            .host(Arc::clone(&settings), listener, serving.shutdown.clone())
            .await
        {
            Ok(running) => serving.running.push(running),
            Err(error) => {
                serving.stop().await?;
                return Err(error);
            }
        }
    }
    Ok(serving)
}

impl Serving {
    /// Stops them in order: no new calls, those in progress to their end, then what runs beside them.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        join_all(self.running.into_iter().map(Running::join))
            .await
            .into_iter()
            .collect()
    }

    /// Where a member answers, as a URL for clients on this machine.
    pub(crate) fn url(&self, member: Member) -> anyhow::Result<String> {
        let address = self.addresses.get(member.name());
        address
            .copied()
            .map(url)
            .with_context(|| format!("{} is not served", member.name()))
    }
}

/// The URL by which this process reaches what listens on the address.
pub(crate) fn url(address: SocketAddr) -> String {
    let host = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

/// Resolves when this process is asked to stop: Ctrl-C, or SIGTERM from whatever runs it.
pub(crate) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
