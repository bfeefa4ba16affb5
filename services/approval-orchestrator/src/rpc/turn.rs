//! How a policy is paused, resumed or retired.

use salient_database::Tx;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::Policy;
use salient_values::etag;

use super::wire;
use crate::{
    app::App,
    domain::standing::Turn,
    error::Error,
    store::{Query, policy_get, policy_status_save},
};

/// What is to be done, and why.
pub struct Turning {
    /// The policy, `policies/{kind}`.
    pub name: String,
    /// What.
    pub turn: Turn,
    /// Why.
    pub reason: String,
    /// What the caller has seen of it.
    pub etag: String,
}

/// Does it. Where the policy stands so already, nothing changes.
///
/// # Errors
/// `NotFound`, ETAG_MISMATCH, `PolicyStateConflict`.
pub async fn turn(app: &App, op: &OpContext, turning: &Turning) -> Result<Policy, Error> {
    let actor = &op.actor();
    let save = async move |tx: &mut Tx| {
        let Turning {
            name,
            turn,
            reason,
            etag,
        } = turning;
        let kind = wire::policy::kind_from(name);
        let row = policy_get(tx, kind)
            .await?
            .ok_or_else(|| Error::NotFound(name.clone()))?;
        etag::check(etag, row.version(), name)?;
        let before = row.standing();
        let standing = before.after(*turn).ok_or_else(|| Error::PolicyStateConflict {
            policy: name.clone(),
            standing: before,
        })?;
        if standing == before {
            return Ok::<_, Error>(wire::standing::policy(&row));
        }
        let row = row.turned(standing, reason.clone(), actor.clone(), tx.now());
        // Of two at the same instant, the second has seen what is not so any more.
        if !policy_status_save(tx, &row).await? {
            return Err(Failure::etag_mismatch(name).into());
        }
        tx.announce(wire::event::policy_turned(kind, standing));
        Ok(wire::standing::policy(&row))
    };
    app.database.mutate(op, Query::PolicyTurn, save).await
}
