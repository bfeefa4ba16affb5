//! Where a service's own token comes from.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use salient_access::token::Issuer;
use salient_config::Auth;
use salient_peers::{Token, TokenSource};
use tower::BoxError;

/// How long a token signed here is valid, and how long it is used: with time to spare for clocks that differ.
const VALID: Duration = Duration::from_secs(600);
const KEEP: Duration = Duration::from_secs(300);
/// How often a token kept by the platform is read again.
const REREAD: Duration = Duration::from_secs(60);

/// The source that the settings name.
pub(crate) fn source(auth: &Auth, service: &'static str) -> anyhow::Result<Arc<dyn TokenSource>> {
    if let Some(path) = &auth.service_token_file {
        return Ok(Arc::new(TokenFile(path.clone())));
    }
    let folder = auth.issuer_folder.as_ref();
    let folder = folder.ok_or_else(|| {
        anyhow::anyhow!("auth.issuer_folder: is not set, and neither is auth.service_token_file")
    })?;
    let issuer = Issuer::open(folder, &auth.issuer, &auth.audience)?;
    Ok(Arc::new(OwnIssuer { issuer, service }))
}

/// Signs its own: the embedded default.
struct OwnIssuer {
    issuer: Issuer,
    service: &'static str,
}

#[async_trait]
impl TokenSource for OwnIssuer {
    async fn token(&self) -> Result<Token, BoxError> {
        let bearer = self.issuer.issue_service(self.service, VALID)?;
        Ok(Token {
            bearer: bearer.into(),
            keep: KEEP,
        })
    }
}

/// Reads what the platform keeps in a file and renews there.
struct TokenFile(PathBuf);

#[async_trait]
impl TokenSource for TokenFile {
    async fn token(&self) -> Result<Token, BoxError> {
        let bearer = tokio::fs::read_to_string(&self.0).await?;
        Ok(Token {
            bearer: bearer.into(),
            keep: REREAD,
        })
    }
}
