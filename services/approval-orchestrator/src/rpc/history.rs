//! Histories as they are read, checked and compared with what was anchored.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use salient_database::Connection;
use salient_operation::{Deadline, OpContext};
use uuid::Uuid;

use crate::{
    anchors::Found,
    app::App,
    domain::{
        anchor::Claims,
        approval::Approval,
        audit::{AuditEntry, Break, Verifier},
    },
    error::Error,
    store::{Query, anchored_list, anchored_reached, audit_list},
};

/// How many entries are read at a time.
const PAGE: i64 = 500;
/// How many anchors of one history are read, the newest ones.
const ANCHORS: i64 = 256;
/// How many of them at once.
const ANCHORS_AT_ONCE: usize = 8;
/// How long one step of something that streams may take.
const STEP: Duration = Duration::from_secs(30);

/// The context of the next step of something that streams for as long as its caller listens.
pub fn step(op: &OpContext) -> OpContext {
    OpContext {
        deadline: Deadline::within(STEP),
        ..op.clone()
    }
}

/// What a history came to.
#[derive(Debug)]
pub struct Verified {
    /// How many entries there are, up to the first that does not fit.
    pub entries: i64,
    /// The hash of the last of them.
    pub head: Vec<u8>,
    /// What does not fit.
    pub verdict: Result<(), Break>,
}

/// A page of a history, behind entry number `after`.
pub async fn page(app: &App, op: &OpContext, id: Uuid, after: i64) -> Result<Vec<AuditEntry>, Error> {
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(audit_list(connection, id, after, PAGE).await?)
    };
    app.database.read(op, Query::AuditList, list).await
}

/// The numbers of the anchors that cover a history, the newest first.
pub async fn covering(app: &App, op: &OpContext, id: Uuid) -> Result<Vec<i64>, Error> {
    let list = async move |connection: &mut Connection| {
        Ok::<_, Error>(anchored_list(connection, id, ANCHORS).await?)
    };
    app.database.read(op, Query::AnchoredList, list).await
}

/// What these anchors say of a history.
///
/// # Errors
/// Where the place of anchors cannot be asked; inside, what is wrong with one of them.
pub async fn claims(app: &App, id: Uuid, numbers: &[i64]) -> Result<Result<Claims, &'static str>, Error> {
    let reading = stream::iter(numbers.to_vec())
        .map(|number| async move { Ok::<_, Error>((number, app.anchors.read(number).await?)) })
        .buffered(ANCHORS_AT_ONCE);
    let mut reading = std::pin::pin!(reading);
    let mut claims = Claims::default();
    while let Some((number, found)) = reading.try_next().await? {
        let anchor = match found {
            Found::Nothing => return Ok(Err("an anchor that covers it is missing")),
            Found::Damaged => return Ok(Err("an anchor that covers it cannot be read")),
            Found::Anchor(anchor) => anchor,
        };
        if let Err(problem) = anchor.check(app.anchor_keys.public(), number, None) {
            return Ok(Err(problem));
        }
        for head in anchor.heads.iter().filter(|head| head.approval == id) {
            claims.add(head);
        }
    }
    Ok(Ok(claims))
}

/// Checks a history: each entry, what was anchored of it, its end, its seal, and that all of it is anchored or waits to be.
pub async fn verify(
    app: &App,
    op: &OpContext,
    approval: &Approval,
    claims: &Claims,
) -> Result<Verified, Error> {
    let mut verifier = Verifier::new(approval.id);
    let mut verdict = Ok(());
    let mut after = 0;
    loop {
        let entries = page(app, op, approval.id, after).await?;
        for entry in &entries {
            verdict = verifier.next(entry).and_then(|()| claims.check(entry));
            if verdict.is_err() {
                break;
            }
        }
        match entries.last() {
            Some(last) if verdict.is_ok() => after = last.sequence,
            _ => break,
        }
    }
    if verdict.is_ok() {
        let reached = reached(app, op, approval.id).await?;
        verdict = claims
            .end(verifier.head().0)
            .and_then(|()| verifier.end(approval))
            .and_then(|()| app.seals.check(approval))
            .and_then(|()| reaches(reached, approval.audit_length));
    }
    let (entries, head) = verifier.head();
    Ok(Verified {
        entries,
        head: head.to_vec(),
        verdict,
    })
}

async fn reached(app: &App, op: &OpContext, id: Uuid) -> Result<i64, Error> {
    let ask =
        async move |connection: &mut Connection| Ok::<_, Error>(anchored_reached(connection, id).await?);
    app.database.read(op, Query::AnchoredReached, ask).await
}

fn reaches(reached: i64, length: i64) -> Result<(), Break> {
    let problem = match reached.cmp(&length) {
        std::cmp::Ordering::Equal => return Ok(()),
        std::cmp::Ordering::Less => "neither is it anchored, nor does it wait to be",
        std::cmp::Ordering::Greater => "entries that were to be anchored are missing",
    };
    Err(Break {
        sequence: reached.min(length) + 1,
        problem,
    })
}
