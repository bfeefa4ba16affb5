//! Random tamperings with real tables, by somebody who owns them: whoever it is, what was anchored tells.
//!
//! These are the part of the thousand that needs a database; the others are made with exports, in `anchors/tampering.rs`. Where the
//! tables are left consistent, the seal is forged too, so that it is the anchors alone that show it.

use std::collections::BTreeMap;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use salient_database::Connection;
use salient_proto::approval::v1::VerifyAllAuditTrailsRequest;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::house::House;

const ROUNDS: usize = 252;
const APPROVALS: usize = 8;
/// The testkit's key of page tokens, which seals where no other is set.
const SEAL_KEY: &[u8] = b"only for tests: 32 bytes or more of no secret";

/// Somebody who owns the tables, and knows the key of seals.
struct Owner {
    connection: Connection,
    id: Uuid,
}

#[derive(Clone, Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Timestamptz)]
    create_time: jiff_diesel::Timestamp,
    #[diesel(sql_type = BigInt)]
    round: i64,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    actor: String,
    #[diesel(sql_type = Text)]
    on_behalf_of: String,
    #[diesel(sql_type = Text)]
    origin: String,
    #[diesel(sql_type = BigInt)]
    subject_version: i64,
    #[diesel(sql_type = Binary)]
    subject_digest: Vec<u8>,
    #[diesel(sql_type = Text)]
    step: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    task: Option<Uuid>,
    #[diesel(sql_type = Text)]
    details: String,
    #[diesel(sql_type = Binary)]
    previous_hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

impl Row {
    /// As the contract documents it, by somebody who has read nothing else.
    fn hashed(&self, approval: Uuid) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut add = |field: &[u8]| {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        };
        add(approval.as_bytes());
        add(&self.sequence.to_be_bytes());
        add(&self.create_time.to_jiff().as_microsecond().to_be_bytes());
        add(&self.round.to_be_bytes());
        add(format!("\"{}\"", self.action).as_bytes());
        add(self.actor.as_bytes());
        add(self.on_behalf_of.as_bytes());
        add(self.origin.as_bytes());
        add(&self.subject_version.to_be_bytes());
        add(&self.subject_digest);
        add(self.step.as_bytes());
        add(self.task.as_ref().map_or(&[], |task| task.as_bytes().as_slice()));
        add(self.details.as_bytes());
        add(&self.previous_hash);
        hash.finalize().to_vec()
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Edit,
    Delete,
    Swap,
    Truncate,
    Rehash,
    Restore,
}

const KINDS: [Kind; 6] = [
    Kind::Edit,
    Kind::Delete,
    Kind::Swap,
    Kind::Truncate,
    Kind::Rehash,
    Kind::Restore,
];

impl Owner {
    async fn run(&mut self, statement: &str) {
        let statement = statement.replace("{id}", &self.id.to_string());
        self.connection.batch_execute(&statement).await.unwrap();
    }

    async fn entries(&mut self) -> Vec<Row> {
        let query = format!(
            "SELECT * FROM audit_entry WHERE approval = '{}' ORDER BY sequence",
            self.id
        );
        diesel::sql_query(query).load(&mut self.connection).await.unwrap()
    }

    async fn tamper(&mut self, kind: Kind, random: &mut StdRng) {
        let entries = self.entries().await;
        let length = entries.len();
        let at = random.random_range(0..length);
        let sequence = entries[at].sequence;
        match kind {
            Kind::Edit => {
                let edits = [
                    "actor = actor || 'x'",
                    "on_behalf_of = on_behalf_of || 'x'",
                    "origin = origin || 'x'",
                    "step = step || 'x'",
                    "details = details || ' '",
                    "create_time = create_time + interval '1 microsecond'",
                    "round = round + 1",
                    "subject_version = subject_version + 1",
                    "action = CASE action WHEN 'WITHDRAWN' THEN 'REJECTED' ELSE 'WITHDRAWN' END",
                    "subject_digest = sha256(subject_digest)",
                    "previous_hash = sha256(previous_hash)",
                    "hash = sha256(hash)",
                    "task = CASE WHEN task IS NULL THEN approval END",
                ];
                let edit = edits[random.random_range(0..edits.len())];
                self.run(&format!(
                    "UPDATE audit_entry SET {edit} WHERE approval = '{{id}}' AND sequence = {sequence}"
                ))
                .await;
            }
            Kind::Delete => {
                self.run(&format!(
                    "DELETE FROM audit_entry WHERE approval = '{{id}}' AND sequence = {sequence}"
                ))
                .await;
            }
            Kind::Swap => {
                let other = entries[(at + random.random_range(1..length)) % length].sequence;
                for (from, to) in [(sequence, 1_000_000), (other, sequence), (1_000_000, other)] {
                    self.run(&format!(
                        "UPDATE audit_entry SET sequence = {to} WHERE approval = '{{id}}' AND sequence = {from}"
                    ))
                    .await;
                }
            }
            Kind::Truncate => {
                let kept = random.random_range(1..length);
                self.run(&format!(
                    "DELETE FROM audit_entry WHERE approval = '{{id}}' AND sequence > {kept}"
                ))
                .await;
                self.sealed(kept, &entries[kept - 1].hash).await;
            }
            Kind::Rehash => self.rehash(entries, at).await,
            Kind::Restore => {
                self.run(
                    "DELETE FROM approval WHERE id = '{id}'; \
                     INSERT INTO approval SELECT * FROM old_approval WHERE id = '{id}'; \
                     DELETE FROM audit_entry WHERE approval = '{id}'; \
                     INSERT INTO audit_entry SELECT * FROM old_entry WHERE approval = '{id}'",
                )
                .await;
            }
        }
    }

    /// Changes an entry, hashes it and all behind it anew, and the approval's row with them.
    async fn rehash(&mut self, mut entries: Vec<Row>, at: usize) {
        entries[at].actor = "employees/nobody".to_owned();
        let mut head = entries[at].previous_hash.clone();
        for entry in &mut entries[at..] {
            entry.previous_hash = head;
            entry.hash = entry.hashed(self.id);
            head = entry.hash.clone();
        }
        for entry in &entries[at..] {
            self.run(&format!(
                "UPDATE audit_entry SET actor = '{}', previous_hash = '\\x{}', hash = '\\x{}' \
                 WHERE approval = '{{id}}' AND sequence = {}",
                entry.actor,
                hex(&entry.previous_hash),
                hex(&entry.hash),
                entry.sequence
            ))
            .await;
        }
        self.sealed(entries.len(), &head).await;
    }

    /// Writes a head into the approval's row, with a good seal.
    async fn sealed(&mut self, length: usize, head: &[u8]) {
        let content = [
            b"salient approval history 1".as_slice(),
            self.id.as_bytes(),
            &(length as u64).to_be_bytes(),
            head,
        ]
        .concat();
        let seal = hmac::sign(&hmac::Key::new(HMAC_SHA256, SEAL_KEY), &content);
        self.run(&format!(
            "UPDATE approval SET document = document || '{{\"audit_length\": {length}, \"audit_head\": \"\\\\x{}\", \
             \"audit_seal\": \"\\\\x{}\"}}' WHERE id = '{{id}}'",
            hex(head),
            hex(seal.as_ref())
        ))
        .await;
    }

    /// Puts everything back.
    async fn repair(&mut self) {
        self.run(
            "DELETE FROM approval WHERE id = '{id}'; \
             INSERT INTO approval SELECT * FROM true_approval WHERE id = '{id}'; \
             DELETE FROM audit_entry WHERE approval = '{id}'; \
             INSERT INTO audit_entry SELECT * FROM true_entry WHERE approval = '{id}'",
        )
        .await;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn whatever_the_owner_of_the_tables_does_is_found() {
    let seed = std::env::var("SALIENT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random::<u64>);
    println!("SALIENT_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let house = House::open().await;
    let mut owner = Owner {
        connection: house.service.owner().await,
        id: Uuid::nil(),
    };
    let mut tasks = Vec::new();
    for _ in 0..APPROVALS {
        tasks.push(house.submit_for_review().await);
    }
    for (approval, _) in &tasks {
        house.anchored(approval).await;
    }
    owner
        .run("CREATE TABLE old_approval AS TABLE approval; CREATE TABLE old_entry AS TABLE audit_entry")
        .await;
    for (approval, task) in &tasks {
        house.approve(&house.zhang, task).await.unwrap();
        house.anchored(approval).await;
    }
    owner
        .run("CREATE TABLE true_approval AS TABLE approval; CREATE TABLE true_entry AS TABLE audit_entry")
        .await;

    let mut counts = BTreeMap::new();
    for round in 0..ROUNDS {
        let kind = KINDS[round % KINDS.len()];
        let (approval, _) = &tasks[random.random_range(0..tasks.len())];
        owner.id = approval.strip_prefix("approvals/").unwrap().parse().unwrap();
        owner.tamper(kind, &mut random).await;
        let found = house.verify(approval).await;
        assert!(!found.intact, "seed {seed}, round {round}, {kind:?}: {found:?}");
        // From time to time, as whoever verifies everything sees it.
        if round % 20 < KINDS.len() {
            let (problems, _) = house.verify_all(VerifyAllAuditTrailsRequest::default()).await;
            assert!(
                problems.iter().any(|problem| problem.approval == *approval),
                "seed {seed}, round {round}, {kind:?}: {problems:?}"
            );
        }
        if matches!(kind, Kind::Truncate | Kind::Rehash | Kind::Restore) {
            assert!(found.problem.contains("anchored"), "{kind:?}: {found:?}");
        }
        owner.repair().await;
        assert!(house.verify(approval).await.intact, "repaired after {kind:?}");
        *counts.entry(format!("{kind:?}")).or_insert(0) += 1;
    }
    let (problems, last) = house.verify_all(VerifyAllAuditTrailsRequest::default()).await;
    assert_eq!(problems, []);
    assert_eq!(last.approval_count, i64::try_from(APPROVALS).unwrap());
    println!("{ROUNDS} tamperings, all found: {counts:?}");
}
