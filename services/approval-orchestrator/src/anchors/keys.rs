use std::sync::Arc;

use anyhow::Context as _;
use aws_lc_rs::{
    hmac::{self, HMAC_SHA256},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    domain::{
        anchor::{Anchor, Head, PublicKeys},
        export::{key_of, signed},
    },
    seals::Settings,
};

/// What the key is derived by where none is set.
const DERIVED: &[u8] = b"salient approval anchor key 1";

/// The key that signs anchors and exports, and all that ever did. Cheap to clone.
#[derive(Clone)]
pub struct AnchorKeys {
    pair: Arc<Ed25519KeyPair>,
    id: Arc<str>,
    public: Arc<PublicKeys>,
}

impl AnchorKeys {
    /// Signs with the key that is set, else with one derived from the key that seals histories.
    ///
    /// # Errors
    /// A key that is none, by the setting's name.
    pub fn new(settings: &Settings, paging_key: &SecretString) -> anyhow::Result<Self> {
        let seed = match &settings.anchor_key {
            Some(seed) => bytes(seed.expose_secret()).context("anchor_key")?,
            None => derived(settings.audit_key.as_ref().unwrap_or(paging_key)),
        };
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        let pair = pair.map_err(|_| anyhow::anyhow!("anchor_key: cannot be used"))?;
        let mut public = PublicKeys::default();
        for key in &settings.former_anchor_keys {
            public.add(&bytes(key).context("former_anchor_keys")?);
        }
        let id = public.add(pair.public_key().as_ref());
        Ok(Self {
            pair: Arc::new(pair),
            id: id.into(),
            public: Arc::new(public),
        })
    }

    /// The public keys, of former ones too.
    #[must_use]
    pub fn public(&self) -> &PublicKeys {
        &self.public
    }

    /// The id of the key that signs now.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Makes the anchor of that number.
    #[must_use]
    pub fn anchor(&self, number: i64, previous_hash: Vec<u8>, now: Timestamp, heads: Vec<Head>) -> Anchor {
        let mut anchor = Anchor {
            number,
            previous_hash,
            create_time: now,
            key_id: self.id.to_string(),
            heads,
            signature: Vec::new(),
        };
        anchor.signature = self.sign(&anchor.hash());
        anchor
    }

    /// Signs an export with this digest.
    #[must_use]
    pub fn sign_export(&self, digest: &[u8]) -> Vec<u8> {
        self.sign(&signed(digest))
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

fn derived(secret: &SecretString) -> Vec<u8> {
    let key = hmac::Key::new(HMAC_SHA256, secret.expose_secret().as_bytes());
    hmac::sign(&key, DERIVED).as_ref().to_vec()
}

fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    key_of(text).context("is not 64 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hex;

    fn keys(settings: &Settings) -> AnchorKeys {
        AnchorKeys::new(settings, &SecretString::from("the key of page tokens")).expect("keys")
    }

    fn set(key: &str, former: &[String]) -> Settings {
        Settings {
            anchor_key: Some(key.repeat(64).into()),
            former_anchor_keys: former.to_vec(),
            ..Settings::default()
        }
    }

    #[test]
    fn an_anchor_is_of_its_key_its_number_and_what_it_follows_on() {
        let keys = keys(&set("a", &[]));
        let anchor = keys.anchor(7, vec![1; 32], Timestamp::UNIX_EPOCH, Vec::new());
        assert_eq!(anchor.check(keys.public(), 7, Some(&[1; 32])), Ok(()));
        assert!(anchor.check(keys.public(), 8, None).is_err());
        assert!(anchor.check(keys.public(), 7, Some(&[2; 32])).is_err());
        let later = Anchor {
            create_time: Timestamp::MAX,
            ..anchor
        };
        assert!(later.check(keys.public(), 7, None).is_err());
    }

    #[test]
    fn what_a_former_key_signed_stays_good() {
        let old = keys(&set("a", &[]));
        let anchor = old.anchor(1, vec![0; 32], Timestamp::UNIX_EPOCH, Vec::new());
        let public: Vec<_> = old.public().iter().map(|(_, key)| hex::encode(key)).collect();
        assert!(anchor.check(keys(&set("b", &public)).public(), 1, None).is_ok());
        assert!(anchor.check(keys(&set("b", &[])).public(), 1, None).is_err());
    }

    #[test]
    fn without_a_key_of_its_own_every_replica_derives_the_same() {
        let unset = Settings::default();
        assert_eq!(keys(&unset).id(), keys(&unset).id());
        let short = Settings {
            anchor_key: Some("abcd".to_owned().into()),
            ..Settings::default()
        };
        assert!(AnchorKeys::new(&short, &SecretString::from("key")).is_err());
    }
}
