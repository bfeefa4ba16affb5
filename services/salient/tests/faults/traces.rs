//! What an act leaves in the databases, and what must hold of all that is in them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio_postgres::Client;

use crate::house::SERVICES;

/// How long everything may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(90);

/// What shows only because something was broken: that it was noticed, and that it is over.
const NOTICED: [&str; 4] = [
    "salient.approval.v1.AttentionRaised",
    "salient.approval.v1.AttentionCleared",
    "ATTENTION_RAISED",
    "ATTENTION_CLEARED",
];

/// Where the databases stood.
#[derive(Debug, Clone)]
pub struct Mark {
    /// How far each schema's events went.
    events: [i64; SERVICES.len()],
    /// When it was.
    pub time: String,
}

/// What was done, and how often: an act leaves the same whatever is broken while it is played.
pub type Trace = BTreeMap<String, i64>;

/// Where the databases stand now.
pub async fn mark(sql: &Client) -> Mark {
    let mut events = [0; SERVICES.len()];
    for (service, (_, schema)) in SERVICES.iter().enumerate() {
        let last = format!("SELECT coalesce(max(seq), 0) FROM {schema}.event");
        events[service] = sql.query_one(&last, &[]).await.unwrap().get(0);
    }
    let time = sql.query_one("SELECT now()::text", &[]).await.unwrap().get(0);
    Mark { events, time }
}

/// What was done since: events, which say of every resource what became of it; entries in the histories of sign-offs; movements of
/// credit.
pub async fn since(sql: &Client, mark: &Mark) -> Trace {
    let mut trace = Trace::new();
    for ((_, schema), after) in SERVICES.iter().zip(mark.events) {
        let events = format!("SELECT type, count(*) FROM {schema}.event WHERE seq > $1 GROUP BY type");
        for row in sql.query(&events, &[&after]).await.unwrap() {
            trace.insert(row.get(0), row.get(1));
        }
    }
    for noticed in NOTICED {
        trace.remove(noticed);
    }
    trace
}

/// What is in the histories of sign-offs and in the books of credit, altogether.
pub async fn books(sql: &Client) -> Trace {
    let count = "SELECT 'audit ' || action, count(*) FROM approval.audit_entry GROUP BY action \
                 UNION ALL SELECT 'credit ' || kind, count(*) FROM customers.credit_entry GROUP BY kind \
                 UNION ALL SELECT 'outcome', count(*) FROM contracts.sign_off_outcome";
    let rows = sql.query(count, &[]).await.unwrap();
    let mut books: Trace = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for noticed in NOTICED {
        books.remove(&format!("audit {noticed}"));
    }
    books
}

/// What came to one trace from an earlier one.
pub fn growth(before: &Trace, after: &Trace) -> Trace {
    let grown = after.iter().map(|(what, count)| {
        let before = before.get(what).copied().unwrap_or_default();
        (what.clone(), count - before)
    });
    grown.filter(|(_, count)| *count != 0).collect()
}

/// Waits until nothing is on its way any more: no call undelivered, no event without its position, no history unanchored.
pub async fn rest(sql: &Client) -> Result<(), String> {
    let mut open = String::new();
    for (_, schema) in SERVICES {
        if !open.is_empty() {
            open += " UNION ALL ";
        }
        open += &format!(
            "SELECT '{schema}: undelivered ' || method || ' to ' || destination || ', attempts ' || attempts || ': ' || \
             coalesce(last_error, '-') FROM {schema}.outbox \
             UNION ALL SELECT '{schema}: unnumbered ' || type FROM {schema}.event WHERE position IS NULL"
        );
    }
    open += " UNION ALL SELECT 'unanchored ' || approval FROM approval.audit_unanchored";
    let until = Instant::now() + PATIENCE;
    loop {
        let left = sql.query(&open, &[]).await.unwrap();
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            let left: Vec<String> = left.iter().map(|row| row.get(0)).collect();
            return Err(format!("it never came to rest: {left:?}"));
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// What must hold when everything rests, each as a query that finds what breaks it.
const INVARIANTS: [(&str, &str); 9] = [
    (
        "a subject is decided once",
        "SELECT subject_name FROM approval.approval WHERE state = 'APPROVED' GROUP BY subject_name HAVING count(*) > 1",
    ),
    (
        "a sign-off ends once",
        "SELECT approval::text FROM approval.audit_entry \
         WHERE action IN ('APPROVED', 'REJECTED', 'WITHDRAWN', 'SUPERSEDED', 'ENDED_REFUSED') \
         GROUP BY approval HAVING count(*) > 1",
    ),
    (
        "a task is decided once",
        "SELECT task::text FROM approval.audit_entry \
         WHERE action IN ('TASK_APPROVED', 'TASK_REJECTED', 'TASK_RETURNED', 'TASK_CARRIED_OVER', 'TASK_CLOSED') \
         GROUP BY task HAVING count(*) > 1",
    ),
    (
        "a participant answers once",
        "SELECT approval::text FROM approval.audit_entry WHERE action IN ('RESERVED', 'REFUSED', 'CONFIRMED', 'RELEASED') \
         GROUP BY approval, round, action HAVING count(*) > 1",
    ),
    (
        "histories have no gaps, and approvals are as long as theirs",
        "SELECT a.id::text FROM approval.approval a JOIN approval.audit_entry e ON e.approval = a.id GROUP BY a.id, a.document \
         HAVING count(*) <> max(e.sequence) OR count(*) <> (a.document->>'audit_length')::bigint",
    ),
    (
        "credit is the sum of its reservations, none of which is open",
        "SELECT a.customer::text FROM customers.credit_account a \
         LEFT JOIN customers.credit_reservation r ON r.customer = a.customer GROUP BY a.customer, a.reserved, a.confirmed, a.credit_limit \
         HAVING a.reserved <> 0 OR count(*) FILTER (WHERE r.state = 'RESERVED') > 0 OR a.confirmed > a.credit_limit \
         OR a.confirmed <> coalesce(sum(r.amount) FILTER (WHERE r.state = 'CONFIRMED'), 0)",
    ),
    (
        "credit is confirmed for what was approved, and for nothing else",
        "SELECT a.id::text FROM approval.approval a \
         FULL JOIN (SELECT approval FROM customers.credit_reservation WHERE state = 'CONFIRMED') r ON r.approval = a.id \
         WHERE (a.state = 'APPROVED') IS DISTINCT FROM (r.approval IS NOT NULL)",
    ),
    (
        "sign-offs that ended were heard of by their contracts, as they ended",
        "SELECT c.id::text FROM contracts.contract c JOIN approval.approval a ON a.subject_name = 'contracts/' || c.id \
         WHERE a.end_time IS NULL \
         OR (a.state = 'APPROVED') AND c.state NOT IN ('APPROVED', 'SIGNED', 'ARCHIVED')",
    ),
    (
        "no sign-off is left needing attention",
        "SELECT id::text FROM approval.approval WHERE attention_reason IS NOT NULL",
    ),
];

/// Looks at everything.
pub async fn broken(sql: &Client) -> Vec<String> {
    let mut broken = Vec::new();
    for (what, query) in INVARIANTS {
        let rows = sql.query(query, &[]).await.unwrap();
        if !rows.is_empty() {
            let which: Vec<Option<String>> = rows.iter().map(|row| row.get(0)).collect();
            broken.push(format!("not true that {what}: {which:?}"));
        }
    }
    for (_, schema) in SERVICES {
        let gaps = format!(
            "SELECT 1 FROM {schema}.event, {schema}.feed_head GROUP BY feed_head.position \
             HAVING count(*) <> max(event.position) OR max(event.position) <> feed_head.position"
        );
        if !sql.query(&gaps, &[]).await.unwrap().is_empty() {
            broken.push(format!("the feed of {schema} has gaps"));
        }
    }
    broken
}
