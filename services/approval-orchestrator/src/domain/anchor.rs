//! Anchors: signed statements of how far histories had grown, each following on the one before, kept where the database's
//! owner cannot write. A history that was cut, hashed anew or put back to an earlier day does not hold the heads that were anchored.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    audit::{AuditEntry, Break},
    hex,
};

/// What an anchor's hash is over, first of all: no other use of the key can make one.
const PURPOSE: &[u8] = b"salient approval anchor 1";
/// The hexadecimal digits of a key's id.
const KEY_ID: usize = 16;

/// How far a history has grown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The approval.
    pub approval: Uuid,
    /// How many entries there are.
    pub length: i64,
    /// The hash of the last of them.
    #[serde(with = "hex")]
    pub head: Vec<u8>,
}

/// A signed statement of how far histories had grown. The proto's `AuditService` says how it is hashed and signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Where it stands among the anchors, from 1, without a gap.
    pub number: i64,
    /// The hash of the anchor before.
    #[serde(with = "hex")]
    pub previous_hash: Vec<u8>,
    /// When it was made.
    pub create_time: Timestamp,
    /// Whose signature it is.
    pub key_id: String,
    /// The histories that grew.
    pub heads: Vec<Head>,
    /// The signature of its hash.
    #[serde(with = "hex")]
    pub signature: Vec<u8>,
}

/// What the first anchor follows on.
pub const ORIGIN: [u8; 32] = [0; 32];

impl Anchor {
    /// Its hash, which the next one follows on: over everything but the signature, each field with its length.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut add = |field: &[u8]| {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        };
        add(PURPOSE);
        add(&self.number.to_be_bytes());
        add(&self.previous_hash);
        add(&self.create_time.as_microsecond().to_be_bytes());
        add(self.key_id.as_bytes());
        add(&(self.heads.len() as u64).to_be_bytes());
        for Head {
            approval,
            length,
            head,
        } in &self.heads
        {
            add(approval.as_bytes());
            add(&length.to_be_bytes());
            add(head);
        }
        hash.finalize().to_vec()
    }

    /// Checks that it is the anchor of that number, signed by one of the keys, and follows on this hash where it is known.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(
        &self,
        keys: &PublicKeys,
        number: i64,
        previous_hash: Option<&[u8]>,
    ) -> Result<(), &'static str> {
        if self.number != number {
            return Err("the anchor has another number");
        }
        if previous_hash.is_some_and(|hash| hash != self.previous_hash) {
            return Err("the anchor does not follow on the one before");
        }
        if !keys.signed(&self.key_id, &self.hash(), &self.signature) {
            return Err("the anchor's signature is not that of a known key");
        }
        Ok(())
    }
}

/// Ed25519 keys by their ids.
#[derive(Clone, Debug, Default)]
pub struct PublicKeys(BTreeMap<String, Vec<u8>>);

impl PublicKeys {
    /// Adds a key. Answers its id: the first digits of its SHA-256.
    pub fn add(&mut self, key: &[u8]) -> String {
        let mut id = hex::encode(&Sha256::digest(key));
        id.truncate(KEY_ID);
        self.0.insert(id.clone(), key.to_vec());
        id
    }

    /// Whether a key is known.
    #[must_use]
    pub fn knows(&self, key: &[u8]) -> bool {
        self.0.values().any(|known| known == key)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys, each with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(id, key)| (id.as_str(), key.as_slice()))
    }

    /// Whether this is the signature of a message by the key of that id.
    #[must_use]
    pub fn signed(&self, id: &str, message: &[u8], signature: &[u8]) -> bool {
        self.0.get(id).is_some_and(|key| {
            UnparsedPublicKey::new(&ED25519, key)
                .verify(message, signature)
                .is_ok()
        })
    }
}

/// What anchors say of one history: which hashes its entries have to have.
#[derive(Clone, Debug, Default)]
pub struct Claims(BTreeMap<i64, BTreeSet<Vec<u8>>>);

impl Claims {
    /// Adds what an anchor says. Two that contradict each other are both kept, and no history satisfies them.
    pub fn add(&mut self, head: &Head) {
        self.0.entry(head.length).or_default().insert(head.head.clone());
    }

    /// Checks an entry.
    ///
    /// # Errors
    /// Where another one was anchored in its place.
    pub fn check(&self, entry: &AuditEntry) -> Result<(), Break> {
        self.check_hash(entry.sequence, &entry.hash)
    }

    fn check_hash(&self, sequence: i64, hash: &[u8]) -> Result<(), Break> {
        match self.0.get(&sequence) {
            Some(heads) if heads.iter().any(|head| head != hash) => Err(Break {
                sequence,
                problem: "it is not the one that was anchored",
            }),
            _ => Ok(()),
        }
    }

    /// Checks the end of a history.
    ///
    /// # Errors
    /// Where more of it was anchored than there is.
    pub fn end(&self, length: i64) -> Result<(), Break> {
        if self.longest() <= length {
            return Ok(());
        }
        Err(Break {
            sequence: length + 1,
            problem: "entries that were anchored are missing",
        })
    }

    /// Checks a whole history by its hashes.
    ///
    /// # Errors
    /// As [`Claims::check`] and [`Claims::end`].
    pub fn hold(&self, hashes: &[Vec<u8>]) -> Result<(), Break> {
        for (sequence, hash) in (1..).zip(hashes) {
            self.check_hash(sequence, hash)?;
        }
        self.end(i64::try_from(hashes.len()).unwrap_or(i64::MAX))
    }

    /// How many entries are anchored.
    #[must_use]
    pub fn longest(&self) -> i64 {
        self.0.last_key_value().map_or(0, |(length, _)| *length)
    }
}
