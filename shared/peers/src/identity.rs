//! This service's own token: made or read when first needed, kept until it should be renewed.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use http::HeaderValue;
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tower::BoxError;

/// Where a service's own token comes from.
#[async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// Makes or reads a token that is valid now.
    async fn token(&self) -> Result<Token, BoxError>;
}

/// A service's token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token as it stands after `Bearer `.
    pub bearer: SecretString,
    /// How long to use it before asking for the next; well before it expires.
    pub keep: Duration,
}

pub(crate) struct Identity {
    source: Arc<dyn TokenSource>,
    held: RwLock<Option<Held>>,
    /// One caller renews; the others wait for its result instead of renewing too.
    renewal: Mutex<()>,
}

struct Held {
    header: HeaderValue,
    renew_at: Instant,
}

impl Identity {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self {
            source,
            held: RwLock::new(None),
            renewal: Mutex::new(()),
        }
    }

    /// The `authorization` header of a call.
    pub(crate) async fn bearer(&self) -> Result<HeaderValue, Failure> {
        if let Some(header) = self.fresh() {
            return Ok(header);
        }
        let _renewing = self.renewal.lock().await;
        if let Some(header) = self.fresh() {
            return Ok(header);
        }
        match self.renew().await {
            Ok(header) => Ok(header),
            // A token past its renewal is usually still valid for a while; the peer decides.
            Err(error) => self
                .held_anyway()
                .ok_or_else(|| Failure::new(Kind::Unavailable, ErrorReason::Unavailable).because(error)),
        }
    }

    async fn renew(&self) -> Result<HeaderValue, BoxError> {
        let token = self.source.token().await?;
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.bearer.expose_secret().trim()))?;
        header.set_sensitive(true);
        let held = Held {
            header: header.clone(),
            renew_at: Instant::now() + token.keep,
        };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(header)
    }

    fn fresh(&self) -> Option<HeaderValue> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|held| Instant::now() < held.renew_at)
            .map(|held| held.header.clone())
    }

    fn held_anyway(&self) -> Option<HeaderValue> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|held| held.header.clone())
    }
}
