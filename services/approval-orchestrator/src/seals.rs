//! Seals on histories: signatures with a key that is not in the database. A history's hashes tie its entries together; whoever can
//! write the tables could compute all of them anew, but not the seal on the last one.

use std::time::Duration;

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use jiff::fmt::serde::unsigned_duration::friendly::compact;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::domain::{approval::Approval, audit::Break};

/// What a seal is over, first of all: no other use of the key can make one.
const PURPOSE: &[u8] = b"salient approval history 1";

/// What a company may set for this service.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The key that seals histories, at least 32 bytes, the same on every replica. Unset: the key of page tokens.
    pub audit_key: Option<SecretString>,
    /// Keys that sealed before: histories keep the seal of their last change, and have to be verified for years.
    pub former_audit_keys: Vec<SecretString>,
    /// The key that signs anchors of histories, an Ed25519 seed of 64 hexadecimal digits, the same on every replica. Unset: one
    /// derived from the audit key.
    pub anchor_key: Option<SecretString>,
    /// Public keys that signed anchors before, 64 hexadecimal digits each: `ListAnchorKeys` tells them.
    pub former_anchor_keys: Vec<String>,
    /// Where anchors are written, append-only for this service: `file:///var/lib/salient/anchors`, `s3://bucket/prefix`; best one
    /// with an object lock. Unset: beside the files, in `object_store.url`.
    pub anchor_url: Option<String>,
    /// How often histories that grew are anchored: how long the last entries of a history are protected by its seal alone.
    #[serde(with = "compact::required")]
    pub anchor_period: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            audit_key: None,
            former_audit_keys: Vec::new(),
            anchor_key: None,
            former_anchor_keys: Vec::new(),
            anchor_url: None,
            anchor_period: Duration::from_secs(5),
        }
    }
}

/// Seals histories, and knows its own seals. Cheap to clone.
#[derive(Clone)]
pub struct Seals {
    present: Key,
    former: Vec<Key>,
}

impl Seals {
    /// Seals with the key that is set, else with that of page tokens.
    #[must_use]
    pub fn new(settings: &Settings, paging_key: &SecretString) -> Self {
        let key = |secret: &SecretString| Key::new(HMAC_SHA256, secret.expose_secret().as_bytes());
        Self {
            present: key(settings.audit_key.as_ref().unwrap_or(paging_key)),
            // What was sealed before a key of its own was set is still good.
            former: settings
                .former_audit_keys
                .iter()
                .chain([paging_key])
                .map(key)
                .collect(),
        }
    }

    /// The seal on an approval's history as it is now.
    #[must_use]
    pub fn seal(&self, approval: &Approval) -> Vec<u8> {
        hmac::sign(&self.present, &sealed(approval)).as_ref().to_vec()
    }

    /// Checks the seal on an approval's history.
    ///
    /// # Errors
    /// Where it is on another history, or of a key that is not known.
    pub fn check(&self, approval: &Approval) -> Result<(), Break> {
        let content = sealed(approval);
        let keys = std::iter::once(&self.present).chain(&self.former);
        let mut fitting = keys.filter(|key| hmac::verify(key, &content, &approval.audit_seal).is_ok());
        match fitting.next() {
            Some(_) => Ok(()),
            None => Err(Break {
                sequence: approval.audit_length,
                problem: "the seal on it was not made by this service",
            }),
        }
    }
}

fn sealed(approval: &Approval) -> Vec<u8> {
    let length = approval.audit_length.to_be_bytes();
    [PURPOSE, approval.id.as_bytes(), &length, &approval.audit_head].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture;

    fn seals(own: Option<&str>, former: &[&str]) -> Seals {
        let settings = Settings {
            audit_key: own.map(SecretString::from),
            former_audit_keys: former.iter().map(|key| SecretString::from(*key)).collect(),
            ..Settings::default()
        };
        Seals::new(&settings, &SecretString::from("the key of page tokens"))
    }

    fn sealed_by(seals: &Seals) -> Approval {
        let mut approval = fixture::submitted().0;
        approval.audit_seal = seals.seal(&approval);
        approval
    }

    #[test]
    fn a_seal_is_good_for_its_history_alone() {
        let seals = seals(Some("a"), &[]);
        let approval = sealed_by(&seals);
        assert_eq!(seals.check(&approval), Ok(()));
        for change in [
            (|approval: &mut Approval| approval.audit_length += 1) as fn(&mut Approval),
            |approval| approval.audit_head[0] ^= 1,
            |approval| approval.audit_seal[0] ^= 1,
            |approval| approval.audit_seal.clear(),
            |approval| approval.id = uuid::Uuid::nil(),
        ] {
            let mut other = approval.clone();
            change(&mut other);
            assert!(seals.check(&other).is_err());
        }
    }

    #[test]
    fn a_key_that_sealed_before_is_known_still() {
        let approval = sealed_by(&seals(Some("old"), &[]));
        assert_eq!(seals(Some("new"), &["old"]).check(&approval), Ok(()));
        assert!(seals(Some("new"), &[]).check(&approval).is_err());
        let unset = sealed_by(&seals(None, &[]));
        assert_eq!(seals(Some("new"), &[]).check(&unset), Ok(()));
    }
}
