//! The audit trail: an approval's history as a chain, each entry carrying the hash of the one before.
//!
//! The hash covers every field with its length, so that nothing can be moved from one field to the next. A changed, removed,
//! swapped or added entry breaks the chain where it stands; a cut end does not match the head that the approval's row keeps.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{anchor::Head, approval::Approval, hex, work::Entry};

/// What happened; each is explained in the proto, name by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Action {
    Submitted,
    Resubmitted,
    Reserved,
    Refused,
    StepStarted,
    StepSkipped,
    TaskCreated,
    TaskApproved,
    TaskRejected,
    TaskReturned,
    TaskCarriedOver,
    TaskClosed,
    StepEnded,
    Confirming,
    Confirmed,
    Released,
    Approved,
    Rejected,
    Returned,
    Withdrawn,
    Superseded,
    Suspended,
    AttentionRaised,
    AttentionCleared,
    Retried,
    OutcomeDelivered,
    EndedRefused,
    TaskReminded,
    TaskEscalated,
    TaskExpired,
    TaskTransferred,
    TaskDelegated,
    TaskGivenBack,
    SignersAdded,
    SignerRemoved,
    TaskTakenBack,
    TaskReassigned,
    Cancelled,
    Urged,
    Copied,
    Commented,
    TaskDeputed,
}

/// One line of an approval's history, as kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The approval.
    pub approval: Uuid,
    /// Where it stands, from 1.
    pub sequence: i64,
    /// When it happened.
    pub create_time: Timestamp,
    /// The approval's round.
    pub round: i64,
    /// What happened.
    pub action: Action,
    /// Who did it.
    pub actor: String,
    /// On whose behalf; empty where on their own.
    pub on_behalf_of: String,
    /// From where.
    pub origin: String,
    /// The version of the subject that was seen.
    pub subject_version: i64,
    /// The digest of the subject that was seen.
    #[serde(with = "hex")]
    pub subject_digest: Vec<u8>,
    /// The step; empty where it concerns none.
    pub step: String,
    /// The task.
    pub task: Option<Uuid>,
    /// What else there is to know, a JSON object as text: hashed to the letter, so kept to the letter.
    pub details: String,
    /// The hash of the entry before.
    #[serde(with = "hex")]
    pub previous_hash: Vec<u8>,
    /// Its own hash.
    #[serde(with = "hex")]
    pub hash: Vec<u8>,
}

/// What an approval's first entry follows on: the hash of its name.
#[must_use]
pub fn origin(approval: Uuid) -> [u8; 32] {
    Sha256::digest(format!("approvals/{approval}")).into()
}

/// Who did it and from where, for all entries of one change.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    /// Who.
    pub actor: &'a str,
    /// On whose behalf; empty where on their own.
    pub on_behalf_of: &'a str,
    /// From where.
    pub origin: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Appends what happened to an approval's history, moving its head.
#[must_use]
pub fn append(approval: &mut Approval, log: &[Entry], provenance: Provenance<'_>) -> Vec<AuditEntry> {
    log.iter()
        .map(|entry| {
            approval.audit_length += 1;
            let mut sealed = AuditEntry {
                approval: approval.id,
                sequence: approval.audit_length,
                create_time: provenance.now,
                round: approval.round,
                action: entry.action,
                actor: provenance.actor.to_owned(),
                on_behalf_of: provenance.on_behalf_of.to_owned(),
                origin: provenance.origin.to_owned(),
                subject_version: approval.subject.version,
                subject_digest: approval.subject.digest.clone(),
                step: entry.step.clone().unwrap_or_default(),
                task: entry.task,
                details: Value::Object(entry.details.clone()).to_string(),
                previous_hash: std::mem::take(&mut approval.audit_head),
                hash: Vec::new(),
            };
            sealed.hash = hash(&sealed);
            approval.audit_head.clone_from(&sealed.hash);
            sealed
        })
        .collect()
}

/// The hash of an entry, as the proto's `AuditService` documents it.
#[must_use]
pub fn hash(entry: &AuditEntry) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut add = |field: &[u8]| {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    };
    add(entry.approval.as_bytes());
    add(&entry.sequence.to_be_bytes());
    add(&entry.create_time.as_microsecond().to_be_bytes());
    add(&entry.round.to_be_bytes());
    add(Value::from(action_name(entry.action)).to_string().as_bytes());
    add(entry.actor.as_bytes());
    add(entry.on_behalf_of.as_bytes());
    add(entry.origin.as_bytes());
    add(&entry.subject_version.to_be_bytes());
    add(&entry.subject_digest);
    add(entry.step.as_bytes());
    add(entry.task.as_ref().map_or(&[], |task| task.as_bytes().as_slice()));
    add(entry.details.as_bytes());
    add(&entry.previous_hash);
    hash.finalize().to_vec()
}

/// The action's name, as the database and the hash have it.
#[must_use]
pub fn action_name(action: Action) -> String {
    serde_json::to_value(action)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The action of that name.
#[must_use]
pub fn action_named(name: &str) -> Option<Action> {
    serde_json::from_value(Value::from(name)).ok()
}

/// What is wrong with a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// At which entry.
    pub sequence: i64,
    /// What does not fit.
    pub problem: &'static str,
}

/// Checks a history, entry by entry, from the first on.
#[derive(Debug)]
pub struct Verifier {
    approval: Uuid,
    length: i64,
    head: Vec<u8>,
}

impl Verifier {
    /// Starts before the first entry.
    #[must_use]
    pub fn new(approval: Uuid) -> Self {
        Self {
            approval,
            length: 0,
            head: origin(approval).to_vec(),
        }
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// Where it does not follow on the one before, or is not what was hashed.
    pub fn next(&mut self, entry: &AuditEntry) -> Result<(), Break> {
        let sequence = self.length + 1;
        let problem = if entry.sequence != sequence || entry.approval != self.approval {
            "an entry is missing before this one"
        } else if entry.previous_hash != self.head {
            "it does not follow on the entry before"
        } else if entry.hash != hash(entry) {
            "it is not what was written"
        } else {
            self.length = sequence;
            self.head.clone_from(&entry.hash);
            return Ok(());
        };
        Err(Break { sequence, problem })
    }

    /// Compares the end with what the approval's row says.
    ///
    /// # Errors
    /// Where entries were cut off or added at the end.
    pub fn end(&self, approval: &Approval) -> Result<(), Break> {
        self.ends_at(&approval.head())
    }

    /// Compares the end with a head.
    ///
    /// # Errors
    /// As [`Verifier::end`].
    pub fn ends_at(&self, head: &Head) -> Result<(), Break> {
        if self.length == head.length && self.head == head.head && self.approval == head.approval {
            return Ok(());
        }
        let sequence = self.length.min(head.length) + 1;
        Err(Break {
            sequence,
            problem: "the history does not end where the approval says",
        })
    }

    /// How many entries there were, and the hash of the last.
    #[must_use]
    pub fn head(&self) -> (i64, &[u8]) {
        (self.length, &self.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture;

    fn verify(approval: &Approval, entries: &[AuditEntry]) -> Result<(), Break> {
        let mut verifier = Verifier::new(approval.id);
        entries.iter().try_for_each(|entry| verifier.next(entry))?;
        verifier.end(approval)
    }

    fn history() -> (Approval, Vec<AuditEntry>) {
        let (mut approval, changes) = fixture::submitted();
        let provenance = Provenance {
            actor: "employees/1",
            on_behalf_of: "",
            origin: "test",
            now: approval.create_time,
        };
        let entries = append(&mut approval, &changes.log, provenance);
        assert!(entries.len() >= 3, "{entries:?}");
        (approval, entries)
    }

    #[test]
    fn an_untouched_history_verifies() {
        let (approval, entries) = history();
        assert_eq!(verify(&approval, &entries), Ok(()));
    }

    #[test]
    fn edits_deletions_swaps_and_truncation_show_where_they_are() {
        let (approval, entries) = history();
        let broken_at = |change: &dyn Fn(&mut Vec<AuditEntry>)| {
            let mut tampered = entries.clone();
            change(&mut tampered);
            verify(&approval, &tampered).expect_err("detected").sequence
        };
        assert_eq!(broken_at(&|entries| entries[1].actor.push('x')), 2);
        assert_eq!(broken_at(&|entries| entries[1].details = "{}".into()), 2);
        assert_eq!(broken_at(&|entries| entries[0].hash[0] ^= 1), 1);
        assert_eq!(broken_at(&|entries| drop(entries.remove(1))), 2);
        assert_eq!(broken_at(&|entries| entries.swap(0, 1)), 1);
        assert_eq!(broken_at(&|entries| drop(entries.pop())), entries.len() as i64);
        let duplicate = |entries: &mut Vec<AuditEntry>| entries.push(entries[0].clone());
        assert_eq!(broken_at(&duplicate), entries.len() as i64 + 1);
    }

    #[test]
    fn a_byte_moved_between_fields_shows() {
        let (approval, mut entries) = history();
        entries[0].actor = "employees/".into();
        entries[0].on_behalf_of = "1".into();
        assert!(verify(&approval, &entries).is_err());
    }
}
