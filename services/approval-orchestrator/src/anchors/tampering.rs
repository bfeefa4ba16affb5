//! A thousand random tamperings with exported histories. Each is found; what was not touched verifies.
//!
//! Half of them are made with the file. The other half are made before it: as somebody who rules the database would, so that the
//! export of it is signed and sound, and only the anchors say otherwise.

use jiff::{SignedDuration, Timestamp};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::Value;
use uuid::Uuid;

use super::AnchorKeys;
use crate::{
    domain::{
        anchor::{Anchor, Head, ORIGIN},
        approval::Approval,
        audit::{self, Action, AuditEntry, Provenance},
        export::{End, ExportVerifier, FORMAT, Header, Line, Report, Tally, VERSION},
        fixture,
        work::Entry,
    },
    seals::Settings,
};

const ROUNDS: usize = 1_000;
const APPROVALS: usize = 6;
const STAGES: usize = 4;

/// A history, and how it was at each stage.
#[derive(Clone)]
struct Trail {
    head: Head,
    entries: Vec<AuditEntry>,
    stages: Vec<Head>,
}

struct World {
    keys: AnchorKeys,
    anchors: Vec<Anchor>,
    trails: Vec<Trail>,
}

impl World {
    /// Histories that grew in stages, anchored after each.
    fn new(random: &mut StdRng) -> Self {
        let settings = Settings {
            anchor_key: Some("5a".repeat(32).into()),
            ..Settings::default()
        };
        let keys = AnchorKeys::new(&settings, &"unused".to_owned().into()).expect("keys");
        let mut approvals: Vec<(Approval, Trail)> = (0..APPROVALS).map(|_| begun()).collect();
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut now = Timestamp::UNIX_EPOCH;
        for _ in 0..STAGES {
            for (approval, trail) in &mut approvals {
                now = now
                    .checked_add(SignedDuration::from_micros(random.random_range(1..1_000_000)))
                    .expect("in range");
                grow(approval, trail, now, random);
            }
            let previous = anchors.last().map_or_else(|| ORIGIN.to_vec(), Anchor::hash);
            let heads = approvals.iter().map(|(_, trail)| trail.head.clone()).collect();
            let number = i64::try_from(anchors.len()).expect("few") + 1;
            anchors.push(keys.anchor(number, previous, now, heads));
        }
        let trails = approvals.into_iter().map(|(_, trail)| trail).collect();
        Self {
            keys,
            anchors,
            trails,
        }
    }

    /// The export of these histories, as the service signs it.
    fn export(&self, trails: &[Trail]) -> Vec<String> {
        let mut lines = vec![Line::Header(Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            ..Header::default()
        })];
        lines.extend(self.anchors.iter().cloned().map(Line::Anchor));
        for trail in trails {
            lines.extend(trail.entries.iter().cloned().map(Line::Entry));
            lines.push(Line::Trail(trail.head.clone()));
        }
        let mut tally = Tally::default();
        let mut texts: Vec<String> = lines.iter().map(text).collect();
        texts.iter().for_each(|line| tally.add(line));
        let digest = tally.digest();
        texts.push(text(&Line::End(End {
            lines: tally.lines,
            key_id: self.keys.id().to_owned(),
            signature: self.keys.sign_export(&digest),
            digest,
        })));
        texts
    }

    fn verify(&self, lines: &[String]) -> Report {
        let mut verifier = ExportVerifier::new(self.keys.public().clone());
        lines.iter().for_each(|line| verifier.next(line));
        verifier.finish()
    }
}

fn text(line: &Line) -> String {
    serde_json::to_string(line).expect("JSON")
}

fn begun() -> (Approval, Trail) {
    let mut approval = fixture::submitted().0;
    approval.id = Uuid::now_v7();
    approval.audit_length = 0;
    approval.audit_head = audit::origin(approval.id).to_vec();
    let trail = Trail {
        head: approval.head(),
        entries: Vec::new(),
        stages: Vec::new(),
    };
    (approval, trail)
}

fn grow(approval: &mut Approval, trail: &mut Trail, now: Timestamp, random: &mut StdRng) {
    let log: Vec<Entry> = (0..random.random_range(2..5))
        .map(|number| Entry {
            action: *[Action::TaskCreated, Action::TaskApproved, Action::StepStarted]
                .choose(random)
                .expect("some"),
            step: Some("review".to_owned()),
            visit: None,
            task: Some(Uuid::now_v7()),
            details: [("number".to_owned(), Value::from(number))].into_iter().collect(),
        })
        .collect();
    let provenance = Provenance {
        actor: "employees/1",
        on_behalf_of: "",
        origin: "test",
        now,
    };
    trail.entries.extend(audit::append(approval, &log, provenance));
    trail.head = approval.head();
    trail.stages.push(approval.head());
}

/// What is done to a history by somebody who rules the database.
#[derive(Clone, Copy, Debug)]
enum Inside {
    Edit,
    Delete,
    Swap,
    Truncate,
    Rehash,
    Restore,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug)]
enum Outside {
    Byte,
    Delete,
    Swap,
    Truncate,
    Double,
}

fn inside(trail: &mut Trail, kind: Inside, random: &mut StdRng) {
    let length = trail.entries.len();
    let at = random.random_range(0..length);
    match kind {
        Inside::Edit => edit(&mut trail.entries[at], random),
        Inside::Delete => drop(trail.entries.remove(at)),
        Inside::Swap => {
            let other = (at + random.random_range(1..length)) % length;
            trail.entries.swap(at, other);
            if random.random() {
                let (one, two) = (trail.entries[at].sequence, trail.entries[other].sequence);
                (trail.entries[at].sequence, trail.entries[other].sequence) = (two, one);
            }
        }
        Inside::Truncate => {
            trail.entries.truncate(at);
            trail.head.length = i64::try_from(at).expect("few");
            trail.head.head = trail.entries.last().map_or_else(
                || audit::origin(trail.head.approval).to_vec(),
                |entry| entry.hash.clone(),
            );
        }
        Inside::Rehash => {
            edit(&mut trail.entries[at], random);
            rehash(trail);
        }
        Inside::Restore => {
            let stage = random.random_range(0..trail.stages.len() - 1);
            trail.head = trail.stages[stage].clone();
            trail
                .entries
                .truncate(usize::try_from(trail.head.length).expect("few"));
        }
    }
}

fn edit(entry: &mut AuditEntry, random: &mut StdRng) {
    match random.random_range(0..9) {
        0 => entry.actor.push('x'),
        1 => entry.details = "{}".to_owned(),
        2 => {
            entry.create_time = entry
                .create_time
                .checked_add(SignedDuration::from_micros(1))
                .expect("in range")
        }
        3 => entry.round += 1,
        4 => entry.action = Action::Withdrawn,
        5 => entry.on_behalf_of = "employees/2".to_owned(),
        6 => entry.subject_digest[0] ^= 1,
        7 => entry.task = None,
        _ => entry.subject_version += 1,
    }
}

/// Hashes a history anew, whole, its head included.
fn rehash(trail: &mut Trail) {
    let mut head = audit::origin(trail.head.approval).to_vec();
    for entry in &mut trail.entries {
        entry.previous_hash = head;
        entry.hash = audit::hash(entry);
        head = entry.hash.clone();
    }
    trail.head.head = head;
}

fn outside(lines: &mut Vec<String>, kind: Outside, random: &mut StdRng) {
    let count = lines.len();
    let at = random.random_range(0..count);
    match kind {
        Outside::Byte => {
            let mut bytes = std::mem::take(&mut lines[at]).into_bytes();
            let place = random.random_range(0..bytes.len());
            bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
            lines[at] = String::from_utf8_lossy(&bytes).into_owned();
        }
        Outside::Delete => drop(lines.remove(at)),
        Outside::Swap => lines.swap(at, (at + random.random_range(1..count)) % count),
        Outside::Truncate => lines.truncate(at),
        Outside::Double => lines.insert(at, lines[at].clone()),
    }
}

#[test]
fn a_thousand_tamperings_are_all_found() {
    let seed = std::env::var("SALIENT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    println!("SALIENT_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let world = World::new(&mut random);
    let untouched = world.export(&world.trails);
    let report = world.verify(&untouched);
    assert!(report.intact() && report.unanchored == 0, "{report:?}");
    let mut counts = std::collections::BTreeMap::new();
    for round in 0..ROUNDS {
        let (kind, lines) = if round % 2 == 0 {
            let kinds = [
                Inside::Edit,
                Inside::Delete,
                Inside::Swap,
                Inside::Truncate,
                Inside::Rehash,
                Inside::Restore,
            ];
            let kind = kinds[round / 2 % kinds.len()];
            let mut trails = world.trails.clone();
            let at = random.random_range(0..trails.len());
            inside(&mut trails[at], kind, &mut random);
            (format!("database: {kind:?}"), world.export(&trails))
        } else {
            let kinds = [
                Outside::Byte,
                Outside::Delete,
                Outside::Swap,
                Outside::Truncate,
                Outside::Double,
            ];
            let kind = kinds[round / 2 % kinds.len()];
            let mut lines = untouched.clone();
            outside(&mut lines, kind, &mut random);
            (format!("file: {kind:?}"), lines)
        };
        let report = world.verify(&lines);
        assert!(!report.intact(), "seed {seed}, round {round}, {kind}: {report:?}");
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("{ROUNDS} tamperings, all found: {counts:?}");
}
