//! Policies, whether in force or not.

use salient_proto::approval::v1 as proto;
use salient_values::{etag, timestamp};

use super::policy::version_name;
use crate::{domain::standing::Standing, store::PolicyRow};

/// A policy's name, `policies/{kind}`.
pub fn policy_name(kind: &str) -> String {
    format!("policies/{kind}")
}

/// A policy.
pub fn policy(row: &PolicyRow) -> proto::Policy {
    let status = row.status.as_ref();
    proto::Policy {
        name: policy_name(&row.latest.kind),
        kind: row.latest.kind.clone(),
        state: state(row.standing()).into(),
        latest_version: version_name(&row.latest),
        title: row.title.clone(),
        reason: status.map(|status| status.reason.clone()).unwrap_or_default(),
        state_actor: status.map(|status| status.actor.clone()).unwrap_or_default(),
        state_time: status.map(|status| timestamp::to_proto(status.update_time)),
        etag: etag::of(row.version()),
    }
}

/// How a policy stands.
pub const fn state(standing: Standing) -> proto::policy::State {
    use proto::policy::State;
    match standing {
        Standing::Active => State::Active,
        Standing::Paused => State::Paused,
        Standing::Retired => State::Retired,
    }
}
