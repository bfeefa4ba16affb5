use jiff::Timestamp;
use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::{OpContext, Reach};
use salient_paging::{
    Page,
    filter::{self, Comparison, Field, Kind, Operator},
};
use salient_proto::approval::v1::{ApprovalBox, ListApprovalsRequest, ListApprovalsResponse};
use uuid::Uuid;

use super::wire;
use crate::{
    app::App,
    domain::approval::Approval,
    error::Error,
    store::{ApprovalQuery, CopyQuery, CopyRow, Query, approval_list, copy_list},
};

/// The most approvals of a page.
const LARGEST_PAGE: i32 = 200;

const FIELDS: [Field; 8] = [
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
    Field {
        name: "title",
        kind: Kind::Text,
    },
];
const READ: Field = Field {
    name: "read",
    kind: Kind::Bool,
};
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
    "CANCELLED",
];

/// Where a page ended: when the approval was submitted or the copy was sent, and the approval's id.
type Cursor = (Timestamp, Uuid);

/// Returns the approvals that the caller submitted or answers for, the newest first, or one of the caller's own boxes (P1.3).
pub async fn list_approvals(
    app: App,
    op: OpContext,
    request: ListApprovalsRequest,
) -> Result<ListApprovalsResponse, Error> {
    let list_box = request.r#box();
    let mut fields = FIELDS.to_vec();
    if list_box == ApprovalBox::Copied {
        fields.push(READ);
    }
    let filter = filter::parse(&request.filter, &fields)?;
    let reach = match list_box {
        ApprovalBox::Unspecified => op.permit.reach().clone(),
        ApprovalBox::Submitted | ApprovalBox::Copied => Reach::Own(op.person()?.person),
    };
    check_narrow(&reach, &filter)?;
    let size = request.page_size.min(LARGEST_PAGE);
    // What pages were bound to before there were boxes comes first: their tokens stay good.
    let mut parts = vec![request.filter.as_bytes()];
    if list_box != ApprovalBox::Unspecified {
        parts.push(list_box.as_str_name().as_bytes());
    }
    let page = app.pages.open::<Cursor>(&op, size, &request.page_token, &parts)?;
    if let (ApprovalBox::Copied, Reach::Own(recipient)) = (list_box, &reach) {
        return copied(&app, &op, page, *recipient, filter).await;
    }
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

/// What was copied to somebody, the newest copy first.
async fn copied(
    app: &App,
    op: &OpContext,
    page: Page<Cursor>,
    recipient: Uuid,
    filter: Vec<Comparison>,
) -> Result<ListApprovalsResponse, Error> {
    let query = CopyQuery {
        recipient,
        filter,
        after: page.after().copied(),
        limit: page.limit(),
    };
    let list = async move |connection: &mut Connection| Ok::<_, Error>(copy_list(connection, query).await?);
    let rows = app.database.read(op, Query::CopyList, list).await?;
    let cursor = |(copy, _): &(CopyRow, Approval)| (copy.create_time, copy.approval);
    let (rows, next_page_token) = page.close(rows, cursor);
    let approval = |(copy, approval): &(CopyRow, Approval)| wire::approval::copied_approval(copy, approval);
    Ok(ListApprovalsResponse {
        approvals: rows.iter().map(approval).collect(),
        next_page_token,
    })
}

/// No index knows titles: they are looked at one by one, which is for a person's own approvals or for few.
fn check_narrow(reach: &Reach, filter: &[Comparison]) -> Result<(), Failure> {
    let narrows = |comparison: &Comparison| match comparison.field {
        "submitter" | "unit" | "subject" => comparison.operator == Operator::Equal,
        "create_time" => matches!(
            comparison.operator,
            Operator::Equal | Operator::Greater | Operator::GreaterOrEqual
        ),
        _ => false,
    };
    let by_title = filter.iter().any(|comparison| comparison.field == "title");
    if by_title && !matches!(reach, Reach::Own(_)) && !filter.iter().any(narrows) {
        return Err(Failure::invalid_field(
            "filter",
            "title needs submitter, unit or subject (=), or create_time (> or >=) beside it",
        ));
    }
    Ok(())
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
