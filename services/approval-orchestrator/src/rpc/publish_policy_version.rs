use salient_database::Tx;
use salient_operation::OpContext;
use salient_proto::approval::v1::{PolicyVersion, PublishPolicyVersionRequest};
use sha2::{Digest as _, Sha256};

use super::wire;
use crate::{
    app::App,
    domain::{
        policy::{Policy, PolicyKey},
        policy_check::Mistake,
        rulebook::Rulebook,
    },
    error::Error,
    store::{PolicyVersionRow, Query, policy_insert, policy_latest_version},
};

/// How often to look for a free number.
const ATTEMPTS: usize = 5;

/// Publishes a policy's next version, or only checks it (P1.3).
pub async fn publish_policy_version(
    app: App,
    op: OpContext,
    request: PublishPolicyVersionRequest,
) -> Result<PolicyVersion, Error> {
    let kind = wire::policy::kind_from(&request.parent).to_owned();
    let policy = wire::policy::policy_from(request.policy_version.unwrap_or_default())?;
    check(&app, &op, &kind, &policy).await?;
    if request.validate_only {
        return Ok(wire::policy::content(&policy));
    }
    // Two at the same instant find the same number; the primary key lets one of them have it, and the other takes the next.
    for _ in 1..ATTEMPTS {
        match publish(&app, &op, &kind, &policy).await {
            Err(Error::Database(error)) if error.violates("policy_version_pkey") => {}
            result => return result,
        }
    }
    publish(&app, &op, &kind, &policy).await
}

async fn publish(app: &App, op: &OpContext, kind: &str, policy: &Policy) -> Result<PolicyVersion, Error> {
    let publisher = &op.actor();
    let publish = async move |tx: &mut Tx| {
        let latest = policy_latest_version(tx, kind).await?;
        let row = PolicyVersionRow {
            key: PolicyKey {
                kind: kind.to_owned(),
                version: latest.unwrap_or_default() + 1,
            },
            digest: digest(policy)?,
            policy: policy.clone(),
            publisher: publisher.clone(),
            publish_time: tx.now(),
        };
        tx.announce(wire::event::policy_published(&row.key));
        let published = wire::policy::policy_version(&row);
        policy_insert(tx, row).await?;
        Ok::<_, Error>(published)
    };
    app.database.mutate(op, Query::PolicyPublish, publish).await
}

async fn check(app: &App, op: &OpContext, kind: &str, policy: &Policy) -> Result<(), Error> {
    let key = PolicyKey {
        kind: kind.to_owned(),
        version: 0,
    };
    let mut mistakes = Rulebook::new(key, policy.clone()).err().unwrap_or_default();
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
    // Asked only what can be reckoned at all.
    if mistakes.is_empty() && policy.has_deadlines() {
        mistakes = unreckonable(app, op, policy).await?;
    }
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(Error::PolicyInvalid(mistakes))
    }
}

/// The deadlines that the organisation's calendars cannot say an instant for, today.
async fn unreckonable(app: &App, op: &OpContext, policy: &Policy) -> Result<Vec<Mistake>, Error> {
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
    Ok(mistakes)
}

/// SHA-256 of what a policy says.
///
/// # Errors
/// None but defects.
pub fn digest(policy: &Policy) -> Result<Vec<u8>, Error> {
    let content = serde_json::to_vec(policy).map_err(salient_failure::Failure::internal)?;
    Ok(Sha256::digest(content).to_vec())
}
