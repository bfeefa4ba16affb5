use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{
    Algorithm, TokenData, Validation, decode, decode_header,
    errors::{Error as JwtError, ErrorKind},
};
use moka::sync::Cache;
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::{sync::Notify, task::JoinHandle, time};
use tower::BoxError;

use super::{KeySource, Subject, keys::Keys};

/// How far the issuer's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(5);
/// How many tokens are kept in mind. Beyond it, those used least are verified again.
const CAPACITY: u64 = 20_000;
/// How often the keys are read again, so that a withdrawn one stops working.
const REFRESH: Duration = Duration::from_secs(60);
/// How soon they are read again for a token with an unknown key: strangers must not make us ask more often.
const REFRESH_GAP: Duration = Duration::from_secs(5);

/// What a token must say to be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim, or one of them.
    pub audience: String,
    /// The one algorithm that tokens may be signed with, whatever their header says.
    pub algorithm: Algorithm,
}

/// Verifies tokens.
///
/// A token that was verified is remembered by its hash until it expires or the keys change, so that a busy caller costs one
/// hash and one look-up per call.
pub struct Verifier {
    known: Arc<Known>,
    validation: Validation,
    verified: Cache<[u8; 32], Verified>,
    refreshing: JoinHandle<()>,
}

/// What the refresher shares with the verifier.
struct Known {
    source: KeySource,
    algorithm: Algorithm,
    keys: RwLock<Arc<Keys>>,
    /// That of `keys`, to be compared without the lock.
    generation: AtomicU64,
    wanted: Notify,
}

#[derive(Debug, Clone)]
struct Verified {
    subject: Subject,
    /// In seconds since 1970.
    expires: u64,
    generation: u64,
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It never was good here.
    #[error("the token is not valid: {0}")]
    Invalid(BoxError),
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    /// A JSON number, which need not be whole.
    exp: f64,
}

impl Verifier {
    /// Reads the keys, and keeps reading them in the background for as long as the verifier lives.
    ///
    /// # Errors
    /// There are no keys at the source that fit the algorithm: nobody could be let in, so it is better not to start.
    pub async fn start(source: KeySource, expected: Expected) -> Result<Self, BoxError> {
        let Expected {
            issuer,
            audience,
            algorithm,
        } = expected;
        let keys = Keys::new(source.read().await?, algorithm, 0)?;
        let known = Arc::new(Known {
            source,
            algorithm,
            keys: RwLock::new(Arc::new(keys)),
            generation: AtomicU64::new(0),
            wanted: Notify::new(),
        });
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY.as_secs();
        validation.validate_nbf = true;
        Ok(Self {
            refreshing: tokio::spawn(Arc::clone(&known).refresh()),
            known,
            validation,
            verified: Cache::new(CAPACITY),
        })
    }

    /// Whom the token speaks for.
    ///
    /// # Errors
    /// It has expired, or is not valid here.
    pub fn verify(&self, token: &str) -> Result<Subject, Rejected> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some(verified) = self.verified.get(&digest)
            && verified.expires > now()
            && verified.generation == self.known.generation.load(Ordering::Acquire)
        {
            return Ok(verified.subject);
        }
        let verified = self.verify_anew(token)?;
        let subject = verified.subject.clone();
        self.verified.insert(digest, verified);
        Ok(subject)
    }

    fn verify_anew(&self, token: &str) -> Result<Verified, Rejected> {
        let header = decode_header(token)?;
        if header.crit.is_some() {
            return Err(invalid("it asks for an extension that is not understood"));
        }
        let id = header.kid.ok_or_else(|| invalid("it names no key"))?;
        let keys = self.known.keys();
        let Some(key) = keys.get(&id) else {
            self.known.wanted.notify_one();
            return Err(invalid("its key is not known"));
        };
        let TokenData {
            claims: Claims { sub, exp },
            ..
        } = decode(token, key, &self.validation)?;
        let subject =
            Subject::parse(&sub).ok_or_else(|| invalid("its subject is neither a person nor a service"))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the cast saturates, and down is the safe way"
        )]
        let expires = exp as u64;
        Ok(Verified {
            subject,
            expires,
            generation: keys.generation,
        })
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.refreshing.abort();
    }
}

impl Known {
    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn refresh(self: Arc<Self>) {
        loop {
            // Not sooner than the gap, then when somebody wants it, and in any case after the whole interval.
            time::sleep(REFRESH_GAP).await;
            let _ = time::timeout(REFRESH - REFRESH_GAP, self.wanted.notified()).await;
            if let Err(error) = self.reread().await {
                // The keys we have stay good: an issuer that is away must not lock everybody out.
                tracing::warn!(source = %self.source, error = &*error, "cannot refresh the keys that sign tokens");
            }
        }
    }

    async fn reread(&self) -> Result<(), BoxError> {
        let set = self.source.read().await?;
        let current = self.keys();
        if current.is_of(&set) {
            return Ok(());
        }
        let generation = current.generation + 1;
        let keys = Keys::new(set, self.algorithm, generation)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        // After the keys: whoever sees the new generation verifies with the new keys.
        self.generation.store(generation, Ordering::Release);
        tracing::info!(source = %self.source, "the keys that sign tokens have changed");
        Ok(())
    }
}

impl From<JwtError> for Rejected {
    fn from(error: JwtError) -> Self {
        match error.kind() {
            ErrorKind::ExpiredSignature => Self::Expired,
            _ => Self::Invalid(error.into()),
        }
    }
}

impl From<Rejected> for Failure {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::Expired => Self::new(Kind::Unauthenticated, ErrorReason::TokenExpired),
            Rejected::Invalid(cause) => {
                Self::new(Kind::Unauthenticated, ErrorReason::TokenInvalid).because(cause)
            }
        }
    }
}

fn invalid(what: &'static str) -> Rejected {
    Rejected::Invalid(what.into())
}

fn now() -> u64 {
    // A clock before 1970 finds nothing expired here, and everything not yet valid in the check that follows.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
