//! How a version comes to be, whichever way its content came in: as a message, as text, as a draft.

use salient_database::{Connection, Tx};
use salient_operation::OpContext;
use salient_proto::approval::v1::PolicyVersion;
use salient_values::etag;
use sha2::{Digest as _, Sha256};

use super::wire;
use crate::{
    app::App,
    domain::{
        policy::{Policy, PolicyKey},
        policy_check::Mistake,
        rulebook::Rulebook,
        standing::{Standing, Turn},
    },
    error::Error,
    store::{
        DraftKey, PolicyVersionRow, Query, draft_delete, draft_find, draft_for_update, policy_get,
        policy_insert, policy_latest_version, policy_status_save,
    },
};

/// How often to look for a free number.
const ATTEMPTS: usize = 5;

/// What is published.
pub enum Content {
    /// This.
    Given {
        /// The kind of subject.
        kind: String,
        /// What the version says; checked.
        policy: Policy,
    },
    /// What a draft says, which is thrown away with it.
    Draft {
        /// The draft.
        key: DraftKey,
        /// What the caller has seen of it.
        etag: String,
    },
}

/// Publishes the next version.
///
/// # Errors
/// `PolicyInvalid`; `NotFound` and ETAG_MISMATCH for a draft.
pub async fn publish(app: &App, op: &OpContext, content: &Content) -> Result<PolicyVersion, Error> {
    if let Content::Draft { key, .. } = content {
        let find = async |connection: &mut Connection| Ok::<_, Error>(draft_find(connection, key).await?);
        // Gone where this is a repetition, which gets the first answer.
        if let Some(draft) = app.database.read(op, Query::DraftFind, find).await? {
            check_deadlines(app, op, &draft.policy).await?;
        }
    }
    // Two at the same instant find the same number; the primary key lets one of them have it, and the other takes the next.
    for _ in 1..ATTEMPTS {
        match attempt(app, op, content).await {
            Err(Error::Database(error)) if error.violates("policy_version_pkey") => {}
            result => return result,
        }
    }
    attempt(app, op, content).await
}

async fn attempt(app: &App, op: &OpContext, content: &Content) -> Result<PolicyVersion, Error> {
    let publisher = &op.actor();
    let publish = async move |tx: &mut Tx| {
        let (kind, policy) = match content {
            Content::Given { kind, policy } => (kind.clone(), policy.clone()),
            Content::Draft { key, etag } => (key.kind.clone(), take(app, tx, key, etag).await?),
        };
        let latest = policy_latest_version(tx, &kind).await?;
        let row = PolicyVersionRow {
            key: PolicyKey {
                kind,
                version: latest.unwrap_or_default() + 1,
            },
            digest: digest(&policy)?,
            policy,
            publisher: publisher.clone(),
            publish_time: tx.now(),
        };
        tx.announce(wire::event::policy_published(&row.key));
        let published = wire::policy::policy_version(&row);
        let kind = row.key.kind.clone();
        policy_insert(tx, row).await?;
        reinstate(tx, &kind, publisher).await?;
        Ok::<_, Error>(published)
    };
    app.database.mutate(op, Query::PolicyPublish, publish).await
}

/// A draft's content, checked, the draft being thrown away.
async fn take(app: &App, tx: &mut Tx, key: &DraftKey, seen: &str) -> Result<Policy, Error> {
    let name = wire::draft::draft_name(key);
    let draft = draft_for_update(tx, key)
        .await?
        .ok_or_else(|| Error::NotFound(name.clone()))?;
    etag::check(seen, draft.version, &name)?;
    check(app, &key.kind, &draft.policy)?;
    draft_delete(tx, key).await?;
    Ok(draft.policy)
}

/// Puts a retired policy back into force: a new version says that it is wanted again.
async fn reinstate(tx: &mut Tx, kind: &str, actor: &str) -> Result<(), Error> {
    let Some(row) = policy_get(tx, kind).await? else {
        return Ok(());
    };
    let before = row.standing();
    match before.after(Turn::Publish) {
        Some(standing) if standing != before => {
            let now = tx.now();
            let row = row.turned(standing, String::new(), actor.to_owned(), now);
            if !policy_status_save(tx, &row).await? {
                return Err(Error::Failed(salient_failure::Failure::etag_mismatch(
                    wire::standing::policy_name(kind),
                )));
            }
            tx.announce(wire::event::policy_turned(kind, Standing::Active));
        }
        _ => {}
    }
    Ok(())
}

/// Checks a policy as it has to be before it is published.
///
/// # Errors
/// `PolicyInvalid`, with every mistake.
pub fn check(app: &App, kind: &str, policy: &Policy) -> Result<Rulebook, Error> {
    let key = PolicyKey {
        kind: kind.to_owned(),
        version: 0,
    };
    let checked = Rulebook::new(key, policy.clone());
    let mut mistakes = checked.as_ref().err().cloned().unwrap_or_default();
    // A participant that cannot be reached would hold every approval up for ever.
    for (index, participant) in policy.participants.iter().enumerate() {
        if !app.peers.contains(participant) {
            let what = format!("{participant} is not a service of this deployment");
            mistakes.push(Mistake {
                place: format!("participants[{index}]"),
                what,
            });
        }
    }
    for (index, step) in policy.steps.iter().enumerate() {
        if let Some(service) = step
            .checked_by()
            .filter(|service| !app.peers.iter().any(|peer| peer == service))
        {
            mistakes.push(Mistake {
                place: format!("steps[{index}].service"),
                what: format!("{service} is not a service of this deployment"),
            });
        }
    }
    match checked {
        Ok(rulebook) if mistakes.is_empty() => Ok(rulebook),
        Ok(_) | Err(_) => Err(Error::PolicyInvalid(mistakes)),
    }
}

/// Checks that the organisation's calendars can say when each deadline would pass today. Asks another service: not in a transaction.
///
/// # Errors
/// `PolicyInvalid`, with every deadline that cannot be reckoned; UNAVAILABLE where the organisation cannot be asked.
pub async fn check_deadlines(app: &App, op: &OpContext, policy: &Policy) -> Result<(), Error> {
    if !policy.has_deadlines() {
        return Ok(());
    }
    let times = app.calendars.probe(op, policy, app.clock.now()).await?;
    let mut mistakes = Vec::new();
    for (position, step) in policy.steps.iter().enumerate() {
        let Some(deadline) = &step.deadline else { continue };
        let due = times.0.get(&(deadline.calendar.clone(), deadline.due_after()));
        if let Some(Err(why)) = due {
            mistakes.push(Mistake {
                place: format!("steps[{position}].deadline.calendar"),
                what: why.clone(),
            });
        }
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(Error::PolicyInvalid(mistakes))
    }
}

/// SHA-256 of what a policy says.
///
/// # Errors
/// None but defects.
pub fn digest(policy: &Policy) -> Result<Vec<u8>, Error> {
    let content = serde_json::to_vec(policy).map_err(salient_failure::Failure::internal)?;
    Ok(Sha256::digest(content).to_vec())
}
