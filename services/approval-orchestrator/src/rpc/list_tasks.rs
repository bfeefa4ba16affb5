use std::sync::Arc;

use jiff::Timestamp;
use salient_database::Connection;
use salient_operation::OpContext;
use salient_paging::filter::{self, Field, Kind};
use salient_proto::approval::v1::{ListTasksRequest, ListTasksResponse, TaskBox};
use uuid::Uuid;

use super::wire;
use crate::{
    app::App,
    domain::{policy::PolicyKey, rulebook::Rulebook},
    error::Error,
    store::{Query, TaskQuery, TaskRow, task_list},
};

/// The most tasks of a page.
const LARGEST_PAGE: i32 = 200;

const FIELDS: [Field; 9] = [
    Field {
        name: "kind",
        kind: Kind::Text,
    },
    Field {
        name: "approval",
        kind: Kind::Name("approvals"),
    },
    Field {
        name: "subject",
        kind: Kind::Text,
    },
    Field {
        name: "step",
        kind: Kind::Text,
    },
    Field {
        name: "title",
        kind: Kind::Text,
    },
    Field {
        name: "submitter",
        kind: Kind::Name("employees"),
    },
    Field {
        name: "create_time",
        kind: Kind::Timestamp,
    },
    Field {
        name: "due_time",
        kind: Kind::Timestamp,
    },
    Field {
        name: "overdue",
        kind: Kind::Bool,
    },
];
const STATE: Field = Field {
    name: "state",
    kind: Kind::Enum(&["APPROVED", "REJECTED", "RETURNED", "CARRIED_OVER"]),
};

/// Where a page ended: when the task came in, or was decided, and its id.
type Cursor = (Timestamp, Uuid);

/// Returns the caller's tasks: their inbox, or what they decided (P6.1.2, P6.1.3).
pub async fn list_tasks(
    app: App,
    op: OpContext,
    request: ListTasksRequest,
) -> Result<ListTasksResponse, Error> {
    let assignee = op.person()?.person;
    let pending = request.r#box() != TaskBox::Decided;
    let mut fields = FIELDS.to_vec();
    if !pending {
        fields.push(STATE);
    }
    let filter = filter::parse(&request.filter, &fields)?;
    let size = request.page_size.min(LARGEST_PAGE);
    let parts: [&[u8]; 2] = [&[u8::from(pending)], request.filter.as_bytes()];
    let page = app.pages.open::<Cursor>(&op, size, &request.page_token, &parts)?;
    let query = TaskQuery {
        assignee,
        pending,
        filter,
        now: app.clock.now(),
        after: page.after().copied(),
        limit: page.limit(),
    };
    let list = async move |connection: &mut Connection| Ok::<_, Error>(task_list(connection, query).await?);
    let rows = app.database.read(&op, Query::TaskList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row| cursor(row, pending));
    let mut tasks = Vec::with_capacity(rows.len());
    // Most of a page runs by one version.
    let mut last: Option<(&PolicyKey, Arc<Rulebook>)> = None;
    for row in &rows {
        let rulebook = match last.take() {
            Some((key, rulebook)) if *key == row.policy => rulebook,
            _ => app.rulebooks.get(&op, &row.policy).await?,
        };
        tasks.push(wire::task::task(row, &rulebook));
        last = Some((&row.policy, rulebook));
    }
    Ok(ListTasksResponse {
        tasks,
        next_page_token,
    })
}

fn cursor(row: &TaskRow, pending: bool) -> Cursor {
    let ended = row.end_time.filter(|_| !pending);
    (ended.unwrap_or(row.create_time), row.id)
}
