//! The other services, as one service sees them: a channel to each, opened when first used, that says who is calling.
//!
//! A call made for an operation takes the operation's remaining time and its trace along: build its request with
//! [`outbound`], and turn a refusal into a failure of one's own with [`refused`]. Before and after every call a point of failure is
//! passed (`salient-failpoints`), so that tests can crash or repeat each.

mod channel;
mod identity;
mod outbound;
mod points;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tonic::transport::{Channel, Endpoint};

use self::identity::Identity;
pub use self::{
    channel::PeerChannel,
    identity::{Token, TokenSource},
    outbound::{outbound, refused},
};

/// A peer that does not take a connection within this time counts as unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A peer that has vanished without closing its connection is noticed within the sum of these two.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no channel to a peer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No address is set for it.
    #[error("peers.{0} is not set")]
    NotSet(String),
    /// Its address is not one.
    #[error("peers.{name}: {source}")]
    Address {
        /// The service.
        name: String,
        /// What is wrong with the address.
        source: tonic::transport::Error,
    },
}

/// The services that this one may call.
#[derive(Clone)]
pub struct Peers {
    service: &'static str,
    channels: Arc<BTreeMap<String, Channel>>,
    identity: Arc<Identity>,
}

impl Peers {
    /// Takes this service's own name, the peers' addresses by service name, and where this service's own token comes from. Connects
    /// to none yet.
    ///
    /// # Errors
    /// An address that is not a URL.
    pub fn new(
        service: &'static str,
        addresses: &BTreeMap<String, String>,
        tokens: Arc<dyn TokenSource>,
    ) -> Result<Self, Error> {
        let channels = addresses.iter().map(|(name, address)| {
            let endpoint = Endpoint::from_shared(address.clone())
                .map_err(|source| Error::Address {
                    name: name.clone(),
                    source,
                })?
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_nodelay(true)
                .http2_keep_alive_interval(KEEPALIVE_INTERVAL)
                .keep_alive_timeout(KEEPALIVE_TIMEOUT)
                // Also between calls: otherwise the first call after a pause finds out the hard way.
                .keep_alive_while_idle(true);
            Ok((name.clone(), endpoint.connect_lazy()))
        });
        Ok(Self {
            service,
            channels: Arc::new(channels.collect::<Result<_, Error>>()?),
            identity: Arc::new(Identity::new(tokens)),
        })
    }

    /// The channel to a service, for a generated client to use. All channels to it share one connection.
    ///
    /// # Errors
    /// The service has no address in the settings.
    pub fn channel(&self, name: &str) -> Result<PeerChannel, Error> {
        let channel = self
            .channels
            .get(name)
            .ok_or_else(|| Error::NotSet(name.to_owned()))?;
        Ok(PeerChannel::new(
            self.service,
            channel.clone(),
            Arc::clone(&self.identity),
        ))
    }
}
