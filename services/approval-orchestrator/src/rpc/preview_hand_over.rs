use std::collections::HashMap;

use jiff::Timestamp;
use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{act::receiver, wire};
use crate::{
    app::App,
    domain::{approval::Approval, receiver::obstacle},
    error::Error,
    store::{Query, TaskQuery, approvals_find, task_list},
};

/// The most tasks of a page: as many as can be handed over at once.
const LARGEST_PAGE: i32 = 100;

/// Where a page ended: when the task came in, and its id.
type Cursor = (Timestamp, Uuid);

/// Lists what a hand-over would move, and what not (P2).
pub async fn preview_hand_over(
    app: App,
    op: OpContext,
    request: proto::PreviewHandOverRequest,
) -> Result<proto::PreviewHandOverResponse, Error> {
    let assignee = name::parse("employees", &request.assignee).map_err(|error| error.at("assignee"))?;
    let receiver = receiver(&app, &request.receiver, "receiver").await?;
    let parts = [request.assignee.as_bytes(), request.receiver.as_bytes()];
    let size = request.page_size.min(LARGEST_PAGE);
    let page = app.pages.open::<Cursor>(&op, size, &request.page_token, &parts)?;
    let query = TaskQuery {
        assignee,
        pending: true,
        filter: Vec::new(),
        after: page.after().copied(),
        limit: page.limit(),
        now: app.clock.now(),
    };
    let list = async move |connection: &mut Connection| Ok::<_, Error>(task_list(connection, query).await?);
    let rows = app.database.read(&op, Query::TaskList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row| (row.create_time, row.id));
    let ids: Vec<Uuid> = rows.iter().map(|row| row.approval).collect();
    let find =
        async move |connection: &mut Connection| Ok::<_, Error>(approvals_find(connection, ids).await?);
    let approvals = app.database.read(&op, Query::ApprovalsFind, find).await?;
    let approvals: HashMap<Uuid, Approval> = approvals.into_iter().map(|found| (found.id, found)).collect();
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let rulebook = app.rulebooks.get(&op, &row.policy).await?;
        let obstacle = approvals.get(&row.approval).and_then(|approval| {
            let visit = approval.visit(approval.task(row.id)?.visit)?;
            obstacle(approval, visit, &receiver)
        });
        items.push(proto::HandOverItem {
            task: Some(wire::task::task(row, &rulebook)),
            obstacle: obstacle.unwrap_or_default().to_owned(),
        });
    }
    Ok(proto::PreviewHandOverResponse {
        items,
        next_page_token,
    })
}
