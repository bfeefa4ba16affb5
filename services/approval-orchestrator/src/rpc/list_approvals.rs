use jiff::Timestamp;
use salient_database::Connection;
use salient_operation::OpContext;
use salient_paging::filter::{self, Field, Kind};
use salient_proto::approval::v1::{ListApprovalsRequest, ListApprovalsResponse};
use uuid::Uuid;

use super::wire;
use crate::{
    app::App,
    domain::approval::Approval,
    error::Error,
    store::{ApprovalQuery, Query, approval_list},
};

/// The most approvals of a page.
const LARGEST_PAGE: i32 = 200;

const FIELDS: [Field; 7] = [
    Field {
        name: "state",
        kind: Kind::Enum(STATES),
    },
    Field {
        name: "kind",
        kind: Kind::Text,
    },
    Field {
        name: "subject",
        kind: Kind::Text,
    },
    Field {
        name: "submitter",
        kind: Kind::Name("employees"),
    },
    Field {
        name: "unit",
        kind: Kind::Name("orgUnits"),
    },
    Field {
        name: "needs_attention",
        kind: Kind::Bool,
    },
    Field {
        name: "create_time",
        kind: Kind::Timestamp,
    },
];
const STATES: &[&str] = &[
    "RESERVING",
    "PENDING",
    "RETURNED",
    "SUSPENDED",
    "CONFIRMING",
    "APPROVED",
    "REJECTED",
    "WITHDRAWN",
    "REFUSED",
    "SUPERSEDED",
];

/// Where a page ended: when the approval was submitted, and its id.
type Cursor = (Timestamp, Uuid);

/// Returns the approvals that the caller submitted or answers for, the newest first (P1.3).
pub async fn list_approvals(
    app: App,
    op: OpContext,
    request: ListApprovalsRequest,
) -> Result<ListApprovalsResponse, Error> {
    let filter = filter::parse(&request.filter, &FIELDS)?;
    let size = request.page_size.min(LARGEST_PAGE);
    let page = app
        .pages
        .open::<Cursor>(&op, size, &request.page_token, &[request.filter.as_bytes()])?;
    let reach = op.permit.reach().clone();
    let query = ApprovalQuery {
        reach,
        filter,
        after: page.after().copied(),
        limit: page.limit(),
    };
    let list =
        async move |connection: &mut Connection| Ok::<_, Error>(approval_list(connection, query).await?);
    let rows = app.database.read(&op, Query::ApprovalList, list).await?;
    let (rows, next_page_token) = page.close(rows, |row: &Approval| (row.create_time, row.id));
    Ok(ListApprovalsResponse {
        approvals: rows.iter().map(wire::approval::approval).collect(),
        next_page_token,
    })
}

#[cfg(test)]
mod tests {
    use super::STATES;
    use crate::domain::state::State;

    #[test]
    fn every_state_can_be_asked_for() {
        assert_eq!(STATES, State::ALL.map(State::name));
    }
}
