use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, NullableExpressionMethods as _,
    OptionalExtension as _, PgAnyJsonExpressionMethods as _, QueryDsl as _, Queryable, Selectable,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use salient_database::{Connection, Document, Error};
use salient_paging::filter::{Comparison, Operator, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    filter::{Literal, equal, ordered, text},
    schema::task,
};
use crate::domain::{
    approval::{self, Approval, Decision, Request, Seat, Subject, TaskState},
    policy::PolicyKey,
    refusal::Refusal,
};

/// A task as an inbox shows it: complete by itself, so that a page of an inbox is one index scan.
#[derive(Clone, Debug)]
pub struct TaskRow {
    /// Its id.
    pub id: Uuid,
    /// The approval.
    pub approval: Uuid,
    /// The policy version that has its step.
    pub policy: PolicyKey,
    /// The step's id.
    pub step: String,
    /// Which visit of the step, from 1.
    pub visit: i64,
    /// Who decides it.
    pub assignee: Uuid,
    /// How it stands.
    pub state: TaskState,
    /// Grows with every change.
    pub version: i64,
    /// What the assignee was asked about.
    pub card: TaskCard,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When it came into the inbox.
    pub create_time: Timestamp,
    /// When it was decided or closed.
    pub end_time: Option<Timestamp>,
    /// When its step's deadline passes.
    pub due_time: Option<Timestamp>,
}

/// What the assignee of a task was asked about, as it was then: a later round may be about other content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskCard {
    /// The subject.
    pub subject: Subject,
    /// The subject in words.
    pub title: String,
    /// The subject's amount and its currency.
    pub amount: Option<(Decimal, String)>,
    /// Who submitted it.
    pub submitter: Uuid,
    /// The submitter's comment.
    pub comment: String,
    /// The round.
    pub round: i64,
    /// As what the assignee was asked.
    pub seat: Option<Seat>,
    /// How the assignee came by it, where not the policy asks them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
}

impl TaskRow {
    /// The row of a task of the current round, with what was decided about it just now.
    ///
    /// # Errors
    /// `Defect` where the task belongs to no visit.
    pub fn of(
        approval: &Approval,
        task: &approval::Task,
        decision: Option<Decision>,
    ) -> Result<Self, Refusal> {
        let visit = approval
            .visit(task.visit)
            .ok_or(Refusal::Defect("a task of no visit"))?;
        let asked = visit
            .approvers
            .iter()
            .find(|approver| approver.employee == task.assignee);
        Ok(Self {
            id: task.id,
            approval: approval.id,
            policy: approval.policy_key(),
            step: visit.step.clone(),
            visit: visit.number,
            assignee: task.assignee,
            state: task.state,
            version: task.version,
            card: TaskCard {
                subject: approval.subject.clone(),
                title: approval.title.clone(),
                amount: approval
                    .facts
                    .amount()
                    .map(|(amount, currency)| (amount, currency.to_owned())),
                submitter: approval.submitter,
                comment: approval.comment.clone(),
                round: visit.round,
                seat: asked
                    .filter(|_| task.decides())
                    .and_then(|approver| approver.seat),
                request: task.request.clone(),
            },
            decision,
            create_time: task.create_time,
            end_time: task.end_time,
            due_time: task.due_time,
        })
    }
}

/// As the index `task_inbox` has it.
const PENDING: Literal = Literal("task.state = 'PENDING'");
/// As the index `task_decided_by` has it.
const DECIDED: Literal = Literal("task.state IN ('APPROVED', 'REJECTED', 'RETURNED', 'CARRIED_OVER')");

/// Which tasks of a person to list.
#[derive(Clone, Debug)]
pub struct TaskQuery {
    /// Whose.
    pub assignee: Uuid,
    /// Those that wait, the oldest first; else those decided, the newest first.
    pub pending: bool,
    /// Conditions on `kind`, `approval`, `subject`, `step`, `state`, `title`, `submitter`, `create_time`, `due_time`, `overdue`.
    pub filter: Vec<Comparison>,
    /// When it is, for `overdue`.
    pub now: Timestamp,
    /// Behind this one, by time and id.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = task)]
struct Row {
    id: Uuid,
    approval: Uuid,
    kind: String,
    policy_version: i64,
    step: String,
    visit: i64,
    assignee: Uuid,
    state: String,
    version: i64,
    card: Document<TaskCard>,
    decision: Option<Document<Decision>>,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    create_time: Timestamp,
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    end_time: Option<Timestamp>,
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    due_time: Option<Timestamp>,
}

impl TryFrom<Row> for TaskRow {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let state = TaskState::named(&row.state).ok_or(diesel::result::Error::NotFound)?;
        Ok(Self {
            id: row.id,
            approval: row.approval,
            policy: PolicyKey {
                kind: row.kind,
                version: row.policy_version,
            },
            step: row.step,
            visit: row.visit,
            assignee: row.assignee,
            state,
            version: row.version,
            card: row.card.0,
            decision: row.decision.map(|decision| decision.0),
            create_time: row.create_time,
            end_time: row.end_time,
            due_time: row.due_time,
        })
    }
}

/// A task, if there is one.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn task_find(connection: &mut Connection, id: Uuid) -> Result<Option<TaskRow>, Error> {
    let row: Option<Row> = task::table
        .find(id)
        .select(Row::as_select())
        .first(connection)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Every task of an approval, in the order in which people were asked.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn tasks_of_approval(connection: &mut Connection, approval: Uuid) -> Result<Vec<TaskRow>, Error> {
    let rows: Vec<Row> = task::table
        .filter(task::approval.eq(approval))
        .order((task::create_time, task::id))
        .select(Row::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of a person's tasks.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn task_list(connection: &mut Connection, query: TaskQuery) -> Result<Vec<TaskRow>, Error> {
    let mut rows = task::table
        .filter(task::assignee.eq(query.assignee))
        .select(Row::as_select())
        .limit(query.limit)
        .into_boxed();
    // Each branch's condition and order are those of one partial index. Whatever else is asked for is looked at row by row, in that
    // order, within what this person has; but for deadlines of what is pending, for which there is another index.
    rows = if query.pending {
        rows.filter(PENDING)
            .order((task::create_time.asc(), task::id.asc()))
    } else {
        rows.filter(DECIDED)
            .order((task::end_time.desc(), task::id.desc()))
    };
    let now = jiff_diesel::Timestamp::from(query.now);
    if let Some((time, id)) = query.after {
        let time = jiff_diesel::Timestamp::from(time);
        rows = if query.pending {
            rows.filter(task::create_time.ge(time))
                .filter(task::create_time.gt(time).or(task::id.gt(id)))
        } else {
            rows.filter(task::end_time.le(time))
                .filter(task::end_time.lt(time).or(task::id.lt(id).nullable()))
        };
    }
    for Comparison {
        field,
        operator,
        value,
    } in query.filter
    {
        rows = match (field, value) {
            ("kind", Value::Text(kind)) => text!(rows, task::kind, operator, kind),
            ("subject", Value::Text(subject)) => text!(rows, task::subject_name, operator, subject),
            ("step", Value::Text(step)) => text!(rows, task::step, operator, step),
            ("state", Value::Enum(state)) => equal!(rows, task::state, operator, state),
            ("approval", Value::Name(approval)) => equal!(rows, task::approval, operator, approval),
            ("title", Value::Text(title)) => {
                text!(rows, task::card.retrieve_as_text("title"), operator, title)
            }
            ("submitter", Value::Name(submitter)) => {
                let submitter = submitter.to_string();
                equal!(
                    rows,
                    task::card.retrieve_as_text("submitter"),
                    operator,
                    submitter
                )
            }
            ("create_time", Value::Timestamp(time)) => {
                ordered!(
                    rows,
                    task::create_time,
                    operator,
                    jiff_diesel::Timestamp::from(time)
                )
            }
            ("due_time", Value::Timestamp(time)) => {
                ordered!(rows, task::due_time, operator, jiff_diesel::Timestamp::from(time))
            }
            ("overdue", Value::Bool(wanted)) => {
                match (query.pending, wanted == (operator == Operator::Equal)) {
                    (true, true) => rows.filter(task::due_time.lt(now)),
                    (true, false) => rows.filter(task::due_time.is_null().or(task::due_time.ge(now))),
                    (false, true) => rows.filter(task::due_time.lt(task::end_time)),
                    (false, false) => {
                        rows.filter(task::due_time.is_null().or(task::due_time.ge(task::end_time)))
                    }
                }
            }
            _ => rows,
        };
    }
    let rows: Vec<Row> = rows.load(connection).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_decided_is_what_the_domain_says_is() {
        let Literal(condition) = DECIDED;
        let states: Vec<_> = condition.split('\'').skip(1).step_by(2).collect();
        assert_eq!(states, TaskState::DECIDED.map(TaskState::name));
    }
}
