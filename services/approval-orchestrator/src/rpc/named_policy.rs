//! Policies by name: versions and drafts.

use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::{OpContext, Reach};

use super::wire::{draft::draft_key, policy::kind_from};
use crate::{
    app::App,
    domain::policy::{Policy, PolicyKey},
    error::Error,
    store::{DraftKey, DraftRow, PolicyVersionRow, Query, draft_find, policy_find, policy_latest},
};

/// A version by its name, `policies/{kind}/versions/{version}`; `latest` names the newest.
///
/// # Errors
/// `NotFound`.
pub async fn version(app: &App, op: &OpContext, name: &str) -> Result<PolicyVersionRow, Error> {
    let missing = || Error::NotFound(name.to_owned());
    let (policy, version) = name.split_once("/versions/").ok_or_else(missing)?;
    let kind = kind_from(policy);
    let key = match version {
        "latest" => None,
        number => Some(PolicyKey {
            kind: kind.to_owned(),
            version: number.parse().map_err(|_| missing())?,
        }),
    };
    let find = async move |connection: &mut Connection| {
        let found = match &key {
            Some(key) => policy_find(connection, key).await,
            None => policy_latest(connection, kind).await,
        };
        Ok::<_, Error>(found?)
    };
    let row = app.database.read(op, Query::PolicyFind, find).await?;
    row.ok_or_else(missing)
}

/// A draft.
///
/// # Errors
/// `NotFound`.
pub async fn draft(app: &App, op: &OpContext, key: &DraftKey) -> Result<DraftRow, Error> {
    let find = async move |connection: &mut Connection| Ok::<_, Error>(draft_find(connection, key).await?);
    let found = app.database.read(op, Query::DraftFind, find).await?;
    found.ok_or_else(|| Error::NotFound(super::wire::draft::draft_name(key)))
}

/// What the version or draft of that name says, and of which kind it is. Drafts are for those who may write them.
///
/// # Errors
/// `NotFound`; OUT_OF_SCOPE.
pub async fn policy(app: &App, op: &OpContext, name: &str) -> Result<(String, Policy), Error> {
    let Some(key) = draft_key(name) else {
        let row = version(app, op, name).await?;
        return Ok((row.key.kind, row.policy));
    };
    if !matches!(op.permit.reach(), Reach::Company | Reach::Service) {
        return Err(Failure::out_of_scope().into());
    }
    let row = draft(app, op, &key).await?;
    Ok((row.key.kind, row.policy))
}
