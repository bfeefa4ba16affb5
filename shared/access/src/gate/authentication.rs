use std::{sync::Arc, time::Duration};

use http::{HeaderMap, header::AUTHORIZATION};
use salient_failure::{Failure, Kind, Result};
use salient_operation::{Caller, Profile};
use salient_proto::access::v1::ErrorReason;
use uuid::Uuid;

use crate::{
    directory::Directory,
    token::{Subject, Verifier},
};

/// When to come back where nobody could tell who calls.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Finds out who calls: the token's subject, and for a person the posts held now. Calls without a valid token end here.
#[derive(Clone)]
pub struct Authentication {
    verifier: Arc<Verifier>,
    directory: Arc<dyn Directory>,
}

impl Authentication {
    /// Believes this verifier and asks this directory.
    #[must_use]
    pub fn new(verifier: Arc<Verifier>, directory: Arc<dyn Directory>) -> Self {
        Self { verifier, directory }
    }

    pub(super) async fn identify(&self, headers: &HeaderMap) -> Result<Caller> {
        let token =
            bearer(headers).ok_or_else(|| Failure::new(Kind::Unauthenticated, ErrorReason::TokenMissing))?;
        match self.verifier.verify(token)? {
            Subject::Person(person) => self.profile(person).await.map(Caller::Person),
            Subject::Service(name) => Ok(Caller::Service(name.as_ref().to_owned())),
        }
    }

    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        self.directory
            .profile(person)
            .await
            .map_err(|failure| match failure.kind() {
                Kind::NotFound => Failure::new(Kind::PermissionDenied, ErrorReason::PersonInactive)
                    .with("person", format!("employees/{person}")),
                // Whatever is wrong with the directory: this call has not begun, and may be tried again.
                _ => {
                    let error: &(dyn std::error::Error + 'static) = &failure;
                    tracing::warn!(error, "cannot find out who calls");
                    Failure::new(Kind::Unavailable, ErrorReason::Unavailable)
                        .retry_after(RETRY_AFTER)
                        .because(failure)
                }
            })
    }
}

/// The token after `Bearer`, in whatever case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
