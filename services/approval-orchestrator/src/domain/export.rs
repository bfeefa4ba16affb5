//! Exported histories: a file of JSON lines with everything that is needed to verify it where there is neither a database nor a
//! network. The proto's `AuditService` documents the format.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    anchor::{Anchor, Claims, Head, PublicKeys},
    audit::{AuditEntry, Verifier},
    hex,
};

/// What the signature of an export is over, first of all.
const PURPOSE: &[u8] = b"salient audit export 1";
/// The header's `format`.
pub const FORMAT: &str = "salient-audit-export";
/// The header's `version`.
pub const VERSION: u32 = 1;
/// The most problems that are told; of more, only their number.
const MOST: usize = 100;
/// The bytes of a public key.
const KEY: usize = 32;

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line {
    /// What the file is.
    Header(Header),
    /// A public key.
    Key(Key),
    /// An anchor, whole.
    Anchor(Anchor),
    /// An entry of the history that comes to its end with the next `Trail`.
    Entry(AuditEntry),
    /// The end of a history, as the approval's row has it.
    Trail(Head),
    /// The end of the file.
    End(End),
}

/// What the file is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// When it was exported.
    pub create_time: Timestamp,
    /// The one approval that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approval: Option<Uuid>,
    /// The first instant of the range that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_time: Option<Timestamp>,
    /// The first instant behind it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end_time: Option<Timestamp>,
}

/// A public key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    /// Its id.
    pub key_id: String,
    /// The key.
    #[serde(with = "hex")]
    pub public_key: Vec<u8>,
}

/// The end of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct End {
    /// How many lines stand before it.
    pub lines: u64,
    /// The SHA-256 of all of them.
    #[serde(with = "hex")]
    pub digest: Vec<u8>,
    /// Whose signature it is.
    pub key_id: String,
    /// The signature.
    #[serde(with = "hex")]
    pub signature: Vec<u8>,
}

/// The public key that a person wrote down: 64 hexadecimal digits.
#[must_use]
pub fn key_of(text: &str) -> Option<Vec<u8>> {
    hex::decode(text).filter(|key| key.len() == KEY)
}

/// What is counted and signed of a file.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many lines.
    pub lines: u64,
    digest: Sha256,
}

impl Tally {
    /// Takes a line, without its line feed.
    pub fn add(&mut self, line: &str) {
        self.lines += 1;
        self.digest.update(line.as_bytes());
        self.digest.update(b"\n");
    }

    /// The digest of what was taken.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        self.digest.clone().finalize().to_vec()
    }
}

/// What is signed of a file with this digest.
#[must_use]
pub fn signed(digest: &[u8]) -> Vec<u8> {
    [PURPOSE, digest].concat()
}

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many histories there are.
    pub trails: u64,
    /// How many entries.
    pub entries: u64,
    /// How many anchors.
    pub anchors: u64,
    /// How many of the entries no anchor of the file covers: the youngest ones, that were exported before they were anchored.
    pub unanchored: u64,
    /// The keys that the file's signatures were checked with.
    pub keys: Vec<String>,
    /// How much does not fit.
    pub problem_count: u64,
    /// What does not fit, the first hundred.
    pub problems: Vec<String>,
}

impl Report {
    /// Whether everything fits.
    #[must_use]
    pub fn intact(&self) -> bool {
        self.problem_count == 0
    }

    fn problem(&mut self, what: String) {
        self.problem_count += 1;
        if self.problems.len() < MOST {
            self.problems.push(what);
        }
    }
}

/// Verifies an export, line by line. It keeps a hash for each entry and anchored head.
#[derive(Debug, Default)]
pub struct ExportVerifier {
    keys: PublicKeys,
    pinned: bool,
    tally: Tally,
    anchors: BTreeMap<i64, (Vec<u8>, Vec<u8>)>,
    claims: HashMap<Uuid, Claims>,
    open: Option<(Verifier, Vec<AuditHash>)>,
    trails: HashMap<Uuid, Vec<AuditHash>>,
    ended: bool,
    report: Report,
}

type AuditHash = Vec<u8>;

impl ExportVerifier {
    /// Believes these keys alone. Where there are none, those that the file names: then it is only shown that the file fits
    /// together, and its keys have to be compared with the suite's by other means.
    #[must_use]
    pub fn new(keys: PublicKeys) -> Self {
        Self {
            pinned: !keys.is_empty(),
            keys,
            ..Self::default()
        }
    }

    /// Takes the next line, without its line feed.
    pub fn next(&mut self, text: &str) {
        let number = self.tally.lines + 1;
        let taken = match serde_json::from_str(text) {
            _ if self.ended => Err("something follows the end".to_owned()),
            Ok(Line::Header(header)) => header_fits(number, &header).map_err(str::to_owned),
            Ok(_) if number == 1 => Err("the file does not begin with its header".to_owned()),
            Ok(Line::Key(key)) => self.key(&key).map_err(str::to_owned),
            Ok(Line::Anchor(anchor)) => self.anchor(anchor).map_err(str::to_owned),
            Ok(Line::Entry(entry)) => self.entry(&entry),
            Ok(Line::Trail(head)) => self.trail(&head),
            Ok(Line::End(end)) => self.end(&end).map_err(str::to_owned),
            Err(error) => Err(format!("it is no line of an export: {error}")),
        };
        self.tally.add(text);
        if let Err(problem) = taken {
            self.report.problem(format!("line {number}: {problem}"));
        }
    }

    /// Ends the verification, and compares each history with what was anchored.
    #[must_use]
    pub fn finish(mut self) -> Report {
        if !self.ended {
            self.report.problem("the file is cut off".to_owned());
        }
        if self.open.is_some() {
            self.report.problem("the last history has no end".to_owned());
        }
        let nothing = Claims::default();
        for (approval, hashes) in &self.trails {
            let claims = self.claims.get(approval).unwrap_or(&nothing);
            if let Err(found) = claims.hold(hashes) {
                let problem = format!(
                    "approvals/{approval}, entry {}: {}",
                    found.sequence, found.problem
                );
                self.report.problem(problem);
            }
            let covered = u64::try_from(claims.longest()).unwrap_or_default();
            self.report.unanchored += (hashes.len() as u64).saturating_sub(covered);
        }
        self.report.trails = self.trails.len() as u64;
        self.report.anchors = self.anchors.len() as u64;
        self.report.keys = self.keys.iter().map(|(id, _)| id.to_owned()).collect();
        self.report
    }

    fn key(&mut self, key: &Key) -> Result<(), &'static str> {
        if self.pinned {
            // Of the others, nothing is believed.
            return Ok(());
        }
        if self.keys.add(&key.public_key) == key.key_id {
            Ok(())
        } else {
            Err("the key has another id")
        }
    }

    fn anchor(&mut self, anchor: Anchor) -> Result<(), &'static str> {
        let before = self
            .anchors
            .get(&anchor.number.saturating_sub(1))
            .map(|(_, hash)| hash);
        anchor.check(&self.keys, anchor.number, before.map(Vec::as_slice))?;
        let hash = anchor.hash();
        if let Some((follows_on, _)) = self.anchors.get(&anchor.number.saturating_add(1))
            && *follows_on != hash
        {
            return Err("the anchor after it does not follow on it");
        }
        let hashes = (anchor.previous_hash, hash);
        if *self.anchors.entry(anchor.number).or_insert(hashes.clone()) != hashes {
            return Err("another anchor has the same number");
        }
        for head in &anchor.heads {
            self.claims.entry(head.approval).or_default().add(head);
        }
        Ok(())
    }

    fn entry(&mut self, entry: &AuditEntry) -> Result<(), String> {
        self.report.entries += 1;
        let (verifier, hashes) = self
            .open
            .get_or_insert_with(|| (Verifier::new(entry.approval), Vec::new()));
        hashes.push(entry.hash.clone());
        verifier
            .next(entry)
            .map_err(|found| format!("entry {}: {}", found.sequence, found.problem))
    }

    fn trail(&mut self, head: &Head) -> Result<(), String> {
        let (verifier, hashes) = self
            .open
            .take()
            .unwrap_or_else(|| (Verifier::new(head.approval), Vec::new()));
        if self.trails.insert(head.approval, hashes).is_some() {
            return Err("the history is there twice".to_owned());
        }
        verifier
            .ends_at(head)
            .map_err(|found| format!("entry {}: {}", found.sequence, found.problem))
    }

    fn end(&mut self, end: &End) -> Result<(), &'static str> {
        self.ended = true;
        let digest = self.tally.digest();
        if end.lines != self.tally.lines || end.digest != digest {
            return Err("the file is not what was exported");
        }
        if !self.keys.signed(&end.key_id, &signed(&digest), &end.signature) {
            return Err("the signature is not that of a known key");
        }
        Ok(())
    }
}

fn header_fits(number: u64, header: &Header) -> Result<(), &'static str> {
    if number != 1 {
        Err("a second header")
    } else if header.format != FORMAT || header.version != VERSION {
        Err("it is an export of another format")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_lines_are_problems_and_nothing_worse() {
        let id = Uuid::nil();
        let mut verifier = ExportVerifier::new(PublicKeys::default());
        let mut lines = vec![
            "{}".to_owned(),
            "[".repeat(10_000),
            String::new(),
            r#"{"type":"key","key_id":"","public_key":"\\x"}"#.to_owned(),
        ];
        for number in [i64::MIN, -1, 0, i64::MAX] {
            lines.push(format!(
                r#"{{"type":"anchor","number":{number},"previous_hash":"\\x","create_time":"2026-01-01T00:00:00Z","key_id":"","heads":[],"signature":"\\x"}}"#
            ));
            lines.push(format!(
                r#"{{"type":"trail","approval":"{id}","length":{number},"head":"\\x"}}"#
            ));
        }
        for line in &lines {
            let before = verifier.report.problem_count;
            verifier.next(line);
            assert_eq!(verifier.report.problem_count, before + 1, "{line}");
        }
        let report = verifier.finish();
        assert!(!report.intact());
        assert_eq!(report.problem_count, lines.len() as u64 + 1);
    }
}
