use diesel::{
    ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _, OptionalExtension as _,
    QueryDsl as _, Queryable, Selectable, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Document, Error};
use uuid::Uuid;

use super::schema::{approval, policy_status, policy_version};
use crate::domain::{
    approval::{Approval, AttentionReason},
    policy::{Policy, PolicyKey},
    standing::Standing,
};

/// A policy: its newest version, and what was last said of its being in force.
#[derive(Clone, Debug)]
pub struct PolicyRow {
    /// The newest version.
    pub latest: PolicyKey,
    /// What that is called.
    pub title: String,
    /// Its status; `None` while nobody ever changed it.
    pub status: Option<StatusRow>,
}

/// What was last said of a policy's being in force.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = policy_status)]
pub struct StatusRow {
    state: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub actor: String,
    version: i64,
    /// When.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub update_time: Timestamp,
}

impl PolicyRow {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        standing(self.status.as_ref().map(|status| status.state.as_str()))
    }

    /// Grows with every change of how it stands.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.status.as_ref().map_or(0, |status| status.version)
    }

    /// The same after a change.
    #[must_use]
    pub fn turned(self, standing: Standing, reason: String, actor: String, now: Timestamp) -> Self {
        let version = self.version() + 1;
        let state = standing.name().to_owned();
        Self {
            status: Some(StatusRow {
                state,
                reason,
                actor,
                version,
                update_time: now,
            }),
            ..self
        }
    }
}

fn standing(state: Option<&str>) -> Standing {
    state.and_then(Standing::named).unwrap_or_default()
}

/// The number of the newest version of a kind's policy, and how the policy stands; in one round trip, as every submission asks.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_standing(
    connection: &mut Connection,
    kind: &str,
) -> Result<Option<(i64, Standing)>, Error> {
    let row: Option<(i64, Option<String>)> = policy_version::table
        .left_join(policy_status::table.on(policy_status::kind.eq(policy_version::kind)))
        .filter(policy_version::kind.eq(kind))
        .order(policy_version::version.desc())
        .select((policy_version::version, policy_status::state.nullable()))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(|(version, state)| (version, standing(state.as_deref()))))
}

/// The policies by kind, behind kind `after`.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policies_list(
    connection: &mut Connection,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<PolicyRow>, Error> {
    let rows: Vec<(String, i64, Document<Policy>, Option<StatusRow>)> = policy_version::table
        .left_join(policy_status::table.on(policy_status::kind.eq(policy_version::kind)))
        .filter(policy_version::kind.gt(after.unwrap_or_default()))
        .distinct_on(policy_version::kind)
        .order((policy_version::kind, policy_version::version.desc()))
        .limit(limit)
        .select((
            policy_version::kind,
            policy_version::version,
            policy_version::content,
            Option::<StatusRow>::as_select(),
        ))
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(policy_row).collect())
}

/// A policy, if there is such.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_get(connection: &mut Connection, kind: &str) -> Result<Option<PolicyRow>, Error> {
    let row: Option<(String, i64, Document<Policy>, Option<StatusRow>)> = policy_version::table
        .left_join(policy_status::table.on(policy_status::kind.eq(policy_version::kind)))
        .filter(policy_version::kind.eq(kind))
        .order(policy_version::version.desc())
        .select((
            policy_version::kind,
            policy_version::version,
            policy_version::content,
            Option::<StatusRow>::as_select(),
        ))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(policy_row))
}

fn policy_row(
    (kind, version, content, status): (String, i64, Document<Policy>, Option<StatusRow>),
) -> PolicyRow {
    PolicyRow {
        latest: PolicyKey { kind, version },
        title: content.0.title,
        status,
    }
}

/// Keeps how a policy stands now. The version it was decided on has to be the one that is there: answers whether it was.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn policy_status_save(connection: &mut Connection, row: &PolicyRow) -> Result<bool, Error> {
    let Some(status) = &row.status else {
        return Ok(true);
    };
    let values = (
        policy_status::state.eq(&status.state),
        policy_status::reason.eq(&status.reason),
        policy_status::actor.eq(&status.actor),
        policy_status::version.eq(status.version),
        policy_status::update_time.eq(jiff_diesel::Timestamp::from(status.update_time)),
    );
    let changed = if status.version == 1 {
        diesel::insert_into(policy_status::table)
            .values((policy_status::kind.eq(&row.latest.kind), values))
            .on_conflict_do_nothing()
            .execute(connection)
            .await?
    } else {
        diesel::update(policy_status::table.find(&row.latest.kind))
            .filter(policy_status::version.eq(status.version - 1))
            .set(values)
            .execute(connection)
            .await?
    };
    Ok(changed == 1)
}

/// The approvals that waited for a policy which is not paused any more, the oldest first, behind one by time and id.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn approvals_released(
    connection: &mut Connection,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Approval>, Error> {
    let paused = policy_status::table
        .filter(policy_status::state.eq(Standing::Paused.name()))
        .select(policy_status::kind);
    let mut rows = approval::table
        .filter(approval::attention_reason.eq(AttentionReason::PolicyPaused.name()))
        .filter(approval::kind.ne_all(paused))
        .order((approval::create_time, approval::id))
        .limit(limit)
        .select(approval::document)
        .into_boxed();
    if let Some((time, id)) = after {
        let time = jiff_diesel::Timestamp::from(time);
        let later = approval::create_time.gt(time);
        rows = rows.filter(diesel::BoolExpressionMethods::or(
            later,
            diesel::BoolExpressionMethods::and(approval::create_time.eq(time), approval::id.gt(id)),
        ));
    }
    let rows: Vec<Document<Approval>> = rows.load(connection).await?;
    Ok(rows.into_iter().map(|Document(approval)| approval).collect())
}
