use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{error::Unspecified, signature::Ed25519KeyPair};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    errors::Error as JwtError,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;
use uuid::Uuid;

use super::Subject;

const KEY_FILE: &str = "issuer.pk8";
const JWKS_FILE: &str = "jwks.json";

/// Signs tokens with a key of its own: what a company's identity provider does elsewhere, for the embedded default.
///
/// The key is in a folder that only its user can read; `jwks.json` beside it is what verifiers read.
pub struct Issuer {
    issuer: String,
    audience: String,
    header: Header,
    key: EncodingKey,
    jwks: PathBuf,
}

/// The issuer cannot work.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// A file cannot be read or written.
    #[error("{0}")]
    File(PathBuf, #[source] io::Error),
    /// Others than its user can read the key.
    #[error("{0} can be read by others: its mode must be 0600")]
    Exposed(PathBuf),
    /// The key file holds no Ed25519 key.
    #[error("{0} holds no usable key")]
    Key(PathBuf, #[source] JwtError),
    /// No key could be made.
    #[error("no key could be made")]
    NoKey,
    /// A token could not be signed.
    #[error("the token could not be signed")]
    Sign(#[from] JwtError),
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    iat: u64,
    exp: u64,
}

impl Issuer {
    /// Opens the issuer in this folder; makes folder, key and `jwks.json` where they are missing. Safe to be called by several
    /// processes at once: they end up with the same key.
    ///
    /// # Errors
    /// A file cannot be read or written, or holds no key, or others can read it.
    pub fn open(folder: &Path, issuer: &str, audience: &str) -> Result<Self, IssuerError> {
        let file = |error| IssuerError::File(folder.to_owned(), error);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(file)?;
        let key = open_key(&folder.join(KEY_FILE))?;
        let public = public_key(&key).map_err(|error| IssuerError::Key(folder.join(KEY_FILE), error))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid.clone_from(&public.common.key_id);
        let jwks = folder.join(JWKS_FILE);
        publish(&jwks, public).map_err(|error| IssuerError::File(jwks.clone(), error))?;
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            header,
            key,
            jwks,
        })
    }

    /// The key set that verifies what this issuer signs.
    #[must_use]
    pub fn jwks(&self) -> &Path {
        &self.jwks
    }

    /// Signs a token that speaks for a person, valid for so long from now.
    ///
    /// # Errors
    /// The token could not be signed.
    pub fn issue_person(&self, person: Uuid, valid: Duration) -> Result<String, IssuerError> {
        self.issue(&Subject::Person(person), valid)
    }

    /// Signs a token that speaks for a service (`approval-orchestrator`), valid for so long from now.
    ///
    /// # Errors
    /// The token could not be signed.
    pub fn issue_service(&self, name: &str, valid: Duration) -> Result<String, IssuerError> {
        self.issue(&Subject::Service(name.into()), valid)
    }

    fn issue(&self, subject: &Subject, valid: Duration) -> Result<String, IssuerError> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let claims = Claims {
            iss: &self.issuer,
            aud: &self.audience,
            sub: subject.to_string(),
            iat: now,
            exp: now.saturating_add(valid.as_secs()),
        };
        Ok(encode(&self.header, &claims, &self.key)?)
    }
}

fn open_key(path: &Path) -> Result<EncodingKey, IssuerError> {
    let file = |error| IssuerError::File(path.to_owned(), error);
    if !path.try_exists().map_err(file)? {
        create_key(path)?;
    }
    let mode = fs::metadata(path).map_err(file)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(IssuerError::Exposed(path.to_owned()));
    }
    Ok(EncodingKey::from_ed_der(&fs::read(path).map_err(file)?))
}

/// Makes a key, unless another process has made one meanwhile.
fn create_key(path: &Path) -> Result<(), IssuerError> {
    let pair = Ed25519KeyPair::generate().map_err(|Unspecified| IssuerError::NoKey)?;
    let document = pair.to_pkcs8v1().map_err(|Unspecified| IssuerError::NoKey)?;
    let own = beside(path);
    let written = write(&own, document.as_ref()).and_then(|()| {
        // A link appears whole or not at all, and never replaces the key of whoever was first.
        match fs::hard_link(&own, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    });
    let removed = fs::remove_file(&own);
    written
        .and(removed)
        .map_err(|error| IssuerError::File(path.to_owned(), error))
}

/// The public half, with its thumbprint (RFC 7638) as its id.
fn public_key(key: &EncodingKey) -> Result<Jwk, JwtError> {
    let mut public = Jwk::from_encoding_key(key, Algorithm::EdDSA)?;
    public.common.key_id = Some(public.thumbprint(ThumbprintHash::SHA256)?);
    public.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok(public)
}

/// Writes the key set in one step, because verifiers may be reading it.
fn publish(path: &Path, key: Jwk) -> io::Result<()> {
    let document = serde_json::to_vec_pretty(&JwkSet { keys: vec![key] })?;
    if fs::read(path).is_ok_and(|present| present == document) {
        return Ok(());
    }
    let own = beside(path);
    write(&own, &document)?;
    fs::rename(&own, path)
}

/// A name of this call's own in the same folder.
fn beside(path: &Path) -> PathBuf {
    path.with_extension(Uuid::now_v7().to_string())
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, thread, time::Duration};

    use tempfile::tempdir;
    use uuid::Uuid;

    use super::{Issuer, IssuerError, KEY_FILE};

    #[test]
    fn the_key_is_its_users_alone_and_stays() {
        let folder = tempdir().expect("a folder");
        let first = Issuer::open(folder.path(), "salient", "salient").expect("made");
        let mode = fs::metadata(folder.path().join(KEY_FILE))
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let keys = fs::read(first.jwks()).expect("published");
        let second = Issuer::open(folder.path(), "salient", "salient").expect("opened");
        assert_eq!(fs::read(second.jwks()).expect("published"), keys);
        assert_eq!(
            fs::read_dir(folder.path()).expect("there").count(),
            2,
            "nothing else is left behind"
        );
    }

    #[test]
    fn what_is_published_holds_nothing_secret() {
        let folder = tempdir().expect("a folder");
        let issuer = Issuer::open(folder.path(), "salient", "salient").expect("made");
        let keys: serde_json::Value =
            serde_json::from_slice(&fs::read(issuer.jwks()).expect("published")).expect("JSON");
        let mut names: Vec<_> = keys["keys"][0]
            .as_object()
            .expect("a key")
            .keys()
            .cloned()
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
    }

    #[test]
    fn a_key_that_others_can_read_is_not_used() {
        let folder = tempdir().expect("a folder");
        Issuer::open(folder.path(), "salient", "salient").expect("made");
        let key = folder.path().join(KEY_FILE);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("changed");
        let refused = Issuer::open(folder.path(), "salient", "salient").err();
        assert!(matches!(refused, Some(IssuerError::Exposed(path)) if path == key));
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let folder = tempdir().expect("a folder");
        let key = folder.path().join(KEY_FILE);
        fs::write(&key, "not a key").expect("written");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("changed");
        let refused = Issuer::open(folder.path(), "salient", "salient").err();
        assert!(matches!(refused, Some(IssuerError::Key(..))));
    }

    #[test]
    fn several_processes_at_once_end_up_with_one_key() {
        let folder = tempdir().expect("a folder");
        thread::scope(|scope| {
            let open = || {
                Issuer::open(folder.path(), "salient", "salient")
                    .expect("opened")
                    .header
                    .kid
            };
            let ids: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            let ids: Vec<_> = ids.into_iter().map(|id| id.join().expect("no panic")).collect();
            assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
        });
    }

    #[test]
    fn tokens_differ_by_whom_they_speak_for() {
        let folder = tempdir().expect("a folder");
        let issuer = Issuer::open(folder.path(), "salient", "salient").expect("made");
        let hour = Duration::from_secs(3600);
        let person = issuer.issue_person(Uuid::from_u128(1), hour).expect("signed");
        let service = issuer.issue_service("contracts", hour).expect("signed");
        assert_ne!(person, service);
    }
}
