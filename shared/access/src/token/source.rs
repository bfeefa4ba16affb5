use std::{fmt, path::PathBuf, time::Duration};

use jsonwebtoken::jwk::JwkSet;
use reqwest::{Client, Url, redirect::Policy};
use tower::BoxError;

/// How long fetching the keys may take.
const TIME: Duration = Duration::from_secs(5);
/// More than any key set has: a server that sends more is not sending keys.
const SIZE_LIMIT: usize = 256 * 1024;

/// Where the keys that sign tokens are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A JWKS file, such as the embedded issuer's.
    File(PathBuf),
    /// A JWKS document served over HTTP.
    Url(Url),
}

/// The keys could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the keys at {place} cannot be read")]
pub struct Unreadable {
    place: String,
    #[source]
    cause: BoxError,
}

impl KeySource {
    /// Reads a setting: an `http://` or `https://` URL, anything else a path.
    ///
    /// # Errors
    /// A URL that is none.
    pub fn parse(setting: &str) -> Result<Self, Unreadable> {
        if setting.starts_with("http://") || setting.starts_with("https://") {
            let url = setting.parse().map_err(|error| Unreadable {
                place: setting.into(),
                cause: Box::new(error),
            })?;
            Ok(Self::Url(url))
        } else {
            Ok(Self::File(setting.into()))
        }
    }

    pub(super) async fn read(&self) -> Result<JwkSet, Unreadable> {
        let document = match self {
            Self::File(path) => tokio::fs::read(path).await.map_err(BoxError::from),
            Self::Url(url) => fetch(url.clone()).await,
        };
        document
            .and_then(|document| Ok(serde_json::from_slice(&document)?))
            .map_err(|cause| Unreadable {
                place: self.to_string(),
                cause,
            })
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

async fn fetch(url: Url) -> Result<Vec<u8>, BoxError> {
    // No redirects: the keys come from where the operator said, or not at all.
    let client = Client::builder().timeout(TIME).redirect(Policy::none()).build()?;
    let mut response = client.get(url).send().await?.error_for_status()?;
    let mut document = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if document.len() + chunk.len() > SIZE_LIMIT {
            return Err(format!("more than {SIZE_LIMIT} bytes").into());
        }
        document.extend_from_slice(&chunk);
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::KeySource;

    /// Serves one answer, and returns the URL to ask.
    async fn serving(status: &str, body: String) -> KeySource {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/keys", listener.local_addr().expect("bound"));
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.expect("a client");
            let _ = socket.read(&mut [0; 4096]).await;
            // The client hangs up on an answer that it does not want.
            let _ = socket.write_all(answer.as_bytes()).await;
        });
        KeySource::parse(&url).expect("a URL")
    }

    #[tokio::test]
    async fn keys_are_fetched_over_http() {
        let source = serving("200 OK", r#"{"keys": []}"#.into()).await;
        assert!(source.read().await.expect("a key set").keys.is_empty());
    }

    #[tokio::test]
    async fn anything_but_a_key_set_is_refused() {
        for (status, body) in [
            ("404 Not Found", r#"{"keys": []}"#.to_owned()),
            ("302 Found\r\nlocation: http://127.0.0.1:1/", String::new()),
            ("200 OK", "<html>".to_owned()),
            (
                "200 OK",
                format!(r#"{{"keys": [], "x": "{}"}}"#, "x".repeat(300 * 1024)),
            ),
        ] {
            serving(status, body).await.read().await.expect_err(status);
        }
    }

    #[test]
    fn a_setting_is_a_url_or_a_path() {
        assert!(matches!(
            KeySource::parse("/data/jwks.json"),
            Ok(KeySource::File(_))
        ));
        assert!(matches!(
            KeySource::parse("https://login.example.com/jwks"),
            Ok(KeySource::Url(_))
        ));
        assert!(KeySource::parse("https://").is_err());
    }
}
