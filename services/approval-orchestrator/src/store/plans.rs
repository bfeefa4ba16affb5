//! How PostgreSQL goes about what boxes ask, on tables with something in them: every statement as the store makes it, by the plan
//! that is kept for it whatever it is run with.

use std::sync::{Arc, Mutex};

use diesel::{QueryableByName, connection::InstrumentationEvent, sql_types::Text};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _, SimpleAsyncConnection as _};
use jiff::Timestamp;
use salient_database::{Connection, RoundTrips};
use salient_operation::{OpContext, Reach};
use salient_paging::filter::{self, Comparison, Field, Kind};
use salient_server::Service as _;
use salient_testkit::TestDatabase;
use uuid::Uuid;

use super::{
    ApprovalQuery, CopyQuery, Query, TaskQuery, TaskRow, approval_list, copy_list, counts, counts::Counts,
    task_list,
};
use crate::{
    ApprovalOrchestrator,
    domain::{
        approval::{AnswerKind, Decision},
        fixture,
    },
};

/// Whose boxes are looked at.
const PERSON: Uuid = Uuid::from_u128(0x2a);
/// What they have of each, out of a hundred times as much.
const OWN: i64 = 300;
/// More often than there are connections, each of which prepares a statement once.
const RUNS: usize = 200;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// A database with tasks, approvals and copies of a hundred people, `PERSON` one of them.
async fn seeded() -> (TestDatabase, Connection) {
    let test = TestDatabase::start(&[ApprovalOrchestrator::migrations()]).await;
    let mut owner = test.owner(ApprovalOrchestrator::SCHEMA).await;
    let (approval, changes) = fixture::submitted();
    let task = *changes.tasks.iter().next().expect("somebody is asked");
    let card = TaskRow::of(&approval, &approval.tasks[task], None)
        .expect("of a visit")
        .card;
    let decision = Decision {
        task: approval.tasks[task].id,
        answer: AnswerKind::Approve,
        comment: String::new(),
        findings: Vec::new(),
        return_step: None,
        carried_from: None,
        subject_digest: approval.subject.digest.clone(),
        decide_time: approval.create_time,
        on_expiry: false,
    };
    let document = serde_json::to_string(&approval).expect("JSON");
    let card = serde_json::to_string(&card).expect("JSON");
    let decision = serde_json::to_string(&decision).expect("JSON");
    let rows = OWN * 100;
    owner
        .batch_execute(&format!(
            "INSERT INTO policy_version VALUES ('contract', 1, '{{}}', sha256(''), 'test', now()); \
             CREATE TEMPORARY TABLE number AS SELECT n, (lpad(to_hex(n), 32, '0'))::uuid AS id, \
             (lpad(to_hex(n % 100), 32, '0'))::uuid AS person, '2026-01-01'::timestamptz + n * interval '1 minute' AS at \
             FROM generate_series(1, {rows}) AS n; \
             INSERT INTO approval (id, state, kind, policy_version, subject_service, subject_name, submitter, unit, version, \
             document, create_time, end_time) \
             SELECT id, CASE WHEN n % 3 = 0 THEN 'PENDING' ELSE 'APPROVED' END, 'contract', 1, 'contracts', 'contracts/' || n, \
             person, person, 1, '{document}', at, CASE WHEN n % 3 > 0 THEN at END FROM number; \
             INSERT INTO task (id, approval, kind, policy_version, subject_name, step, visit, assignee, state, version, card, \
             decision, create_time, end_time, due_time) \
             SELECT id, id, 'contract', 1, 'contracts/' || n, 'review', 1, person, \
             CASE WHEN n % 3 = 0 THEN 'PENDING' ELSE 'APPROVED' END, 1, '{card}', CASE WHEN n % 3 > 0 THEN '{decision}'::jsonb END, \
             at, CASE WHEN n % 3 > 0 THEN at END, CASE WHEN n / 100 % 2 = 0 THEN at + interval '1 day' END FROM number; \
             INSERT INTO approval_copy SELECT id, person, person, '', at, CASE WHEN n % 3 > 0 THEN at END FROM number; \
             ANALYZE"
        ))
        .await
        .expect("seeded");
    (test, owner)
}

/// What the store sends, run once and then explained.
struct Explained {
    connection: Connection,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Explained {
    fn new(mut connection: Connection) -> Self {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&sent);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                into.lock().expect("one thread").push(query.to_string());
            }
        });
        Self { connection, sent }
    }

    /// The kept plan of the last statement.
    async fn plan(&mut self) -> String {
        let sent = self.sent.lock().expect("one thread").pop().expect("sent");
        let statement = sent.split(" -- binds:").next().expect("a statement").to_owned();
        let binds = (1..).take_while(|n| statement.contains(&format!("${n}"))).count();
        let arguments = vec!["NULL"; binds].join(", ");
        self.connection
            .batch_execute(&format!(
                "SET plan_cache_mode = force_generic_plan; PREPARE explained AS {statement}"
            ))
            .await
            .expect("prepared");
        let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN EXECUTE explained({arguments})"))
            .load(&mut self.connection)
            .await
            .expect("explained");
        let done = self.connection.batch_execute("DEALLOCATE explained").await;
        done.expect("prepared before");
        self.sent.lock().expect("one thread").clear();
        lines.into_iter().map(|line| line.line + "\n").collect()
    }
}

/// Conditions, and the index that the statement with them is to be entered by.
type Case = (&'static str, &'static str);

fn parsed(text: &str, fields: &[(&'static str, Kind)]) -> Vec<Comparison> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, kind)| Field { name, kind: *kind })
        .collect();
    filter::parse(text, &fields).expect("a filter")
}

fn check(plan: &str, (filter, index): Case) {
    assert!(!plan.contains("Seq Scan"), "{filter}: {plan}");
    assert!(plan.contains(index), "{filter}: not by {index}: {plan}");
}

const TASKS: [(&str, Kind); 5] = [
    ("title", Kind::Text),
    ("submitter", Kind::Name("employees")),
    ("create_time", Kind::Timestamp),
    ("due_time", Kind::Timestamp),
    ("overdue", Kind::Bool),
];
const APPROVALS: [(&str, Kind); 3] = [
    ("title", Kind::Text),
    ("read", Kind::Bool),
    ("create_time", Kind::Timestamp),
];

#[tokio::test]
async fn tasks_are_found_by_the_indexes_of_their_box() {
    let (_test, owner) = seeded().await;
    let mut explained = Explained::new(owner);
    let inbox: &[Case] = &[
        ("", "task_inbox"),
        ("title : \"HT\"", "task_inbox"),
        (
            "submitter = \"employees/00000000-0000-0000-0000-000000000001\"",
            "task_inbox",
        ),
        ("create_time > \"2026-01-02T00:00:00Z\"", "task_inbox"),
        // Either will do: what is late is few, or soon found.
        ("overdue = true", "task_"),
        ("due_time < \"2026-01-03T00:00:00Z\"", "task_"),
    ];
    let decided: &[Case] = &[
        ("", "task_decided_by"),
        ("title : \"HT\"", "task_decided_by"),
        ("overdue = true", "task_decided_by"),
    ];
    for (pending, cases) in [(true, inbox), (false, decided)] {
        for case in cases {
            for after in [None, Some((Timestamp::UNIX_EPOCH, Uuid::nil()))] {
                let query = TaskQuery {
                    assignee: PERSON,
                    pending,
                    filter: parsed(case.0, &TASKS),
                    now: Timestamp::UNIX_EPOCH,
                    after,
                    limit: 51,
                };
                task_list(&mut explained.connection, query).await.expect("listed");
                check(&explained.plan().await, *case);
            }
        }
    }
}

#[tokio::test]
async fn approvals_are_found_by_the_indexes_of_their_box() {
    let (_test, owner) = seeded().await;
    let mut explained = Explained::new(owner);
    for case in [
        ("", "approval_by_submitter"),
        ("title : \"HT\"", "approval_by_submitter"),
    ] {
        let query = ApprovalQuery {
            reach: Reach::Own(PERSON),
            filter: parsed(case.0, &APPROVALS),
            after: None,
            limit: 51,
        };
        let found = approval_list(&mut explained.connection, query)
            .await
            .expect("listed");
        assert_eq!(found.len(), 51);
        check(&explained.plan().await, case);
    }
    let by_time = (
        "title : \"HT\" AND create_time > \"2026-01-20T00:00:00Z\"",
        "approval_by_time",
    );
    let query = ApprovalQuery {
        reach: Reach::Company,
        filter: parsed(by_time.0, &APPROVALS),
        after: None,
        limit: 51,
    };
    approval_list(&mut explained.connection, query)
        .await
        .expect("listed");
    check(&explained.plan().await, by_time);
    for case in [
        ("", "approval_copy_received"),
        ("title : \"HT\"", "approval_copy_received"),
        ("read = false", "approval_copy_unread"),
        ("read = true", "approval_copy_received"),
    ] {
        for after in [
            None,
            Some(("2026-01-20T00:00:00Z".parse().expect("a time"), Uuid::nil())),
        ] {
            let query = CopyQuery {
                recipient: PERSON,
                filter: parsed(case.0, &APPROVALS),
                after,
                limit: 51,
            };
            let found = copy_list(&mut explained.connection, query).await.expect("listed");
            assert_eq!(found.len(), 51, "{}", case.0);
            let plan = explained.plan().await;
            check(&plan, case);
            check(&plan, (case.0, "approval_pkey"));
        }
    }
}

#[tokio::test]
async fn what_waits_is_counted_by_four_indexes_in_one_round_trip() {
    let (test, owner) = seeded().await;
    let mut explained = Explained::new(owner);
    let late: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a time");
    let counted = counts(&mut explained.connection, PERSON, late)
        .await
        .expect("counted");
    // A hundred of each are theirs, and half of the tasks have a deadline.
    let expected = Counts {
        pending: 100,
        overdue: 50,
        unread_copies: 100,
        open_submissions: 100,
    };
    assert_eq!(counted, expected);
    let plan = explained.plan().await;
    for index in [
        "task_inbox",
        "task_due",
        "approval_copy_unread",
        "approval_open_by_submitter",
    ] {
        check(&plan, ("counts", index));
    }

    let round_trips = RoundTrips::default();
    let database = test.database(ApprovalOrchestrator::SCHEMA).await;
    let database = database.counting(round_trips.clone());
    for _ in 0..RUNS {
        let op = OpContext::background(ApprovalOrchestrator::NAME, "test");
        let count = async |connection: &mut Connection| counts(connection, PERSON, late).await;
        database
            .read(&op, Query::TaskCount, count)
            .await
            .expect("counted");
    }
    for (label, statements) in round_trips.per_run() {
        assert!((1.0..1.2).contains(&statements), "{label}: {statements}");
    }
}
