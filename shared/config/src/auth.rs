use std::path::PathBuf;

use serde::Deserialize;

/// Whose tokens are accepted, and how services identify themselves to each other.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// The `iss` that tokens must carry.
    pub issuer: String,
    /// The `aud` that tokens must carry.
    pub audience: String,
    /// The one algorithm that tokens are signed with: `EdDSA`, `ES256`, `RS256` or another asymmetric one of RFC 7518.
    pub algorithm: String,
    /// The keys that sign tokens: the path of a JWKS file, or the `https://` URL of one.
    pub jwks: Option<String>,
    /// The folder of the embedded issuer, from whose key services sign their own short-lived tokens.
    pub issuer_folder: Option<PathBuf>,
    /// A file that holds this process's service token, renewed by the platform; instead of `issuer_folder`.
    pub service_token_file: Option<PathBuf>,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            issuer: "salient".into(),
            audience: "salient".into(),
            algorithm: "EdDSA".into(),
            jwks: None,
            issuer_folder: None,
            service_token_file: None,
        }
    }
}
