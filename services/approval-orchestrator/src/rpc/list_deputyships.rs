use jiff::Timestamp;
use salient_database::Connection;
use salient_operation::{OpContext, Reach};
use salient_paging::filter::{self, Field, Kind};
use salient_proto::approval::v1::{ListDeputyshipsRequest, ListDeputyshipsResponse};
use uuid::Uuid;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{DeputyshipQuery, DeputyshipRow, Query, deputyship_list},
};

/// The most deputyships of a page.
const LARGEST_PAGE: i32 = 200;

const FIELDS: [Field; 6] = [
    Field {
        name: "principal",
        kind: Kind::Name("employees"),
    },
    Field {
        name: "deputy",
        kind: Kind::Name("employees"),
    },
    Field {
        name: "state",
        kind: Kind::Enum(&["SCHEDULED", "ACTIVE", "ENDED"]),
    },
    Field {
        name: "start_time",
        kind: Kind::Timestamp,
    },
    Field {
        name: "end_time",
        kind: Kind::Timestamp,
    },
    Field {
        name: "create_time",
        kind: Kind::Timestamp,
    },
];

/// Where a page ended: when the deputyship was made, and its id.
type Cursor = (Timestamp, Uuid);

/// Returns the deputyships that concern the caller, or everybody's (P1.3).
pub async fn list_deputyships(
    app: App,
    op: OpContext,
    request: ListDeputyshipsRequest,
) -> Result<ListDeputyshipsResponse, Error> {
    let filter = filter::parse(&request.filter, &FIELDS)?;
    let size = request.page_size.min(LARGEST_PAGE);
    let parts = [request.filter.as_bytes()];
    let page = app.pages.open::<Cursor>(&op, size, &request.page_token, &parts)?;
    let now = app.clock.now();
    let query = DeputyshipQuery {
        concerning: match op.permit.reach() {
            Reach::Company | Reach::Service => None,
            Reach::Own(own) | Reach::Units { own, .. } => Some(*own),
        },
        filter,
        now,
        after: page.after().copied(),
        limit: page.limit(),
    };
    let list =
        async move |connection: &mut Connection| Ok::<_, Error>(deputyship_list(connection, query).await?);
    let rows = app.database.read(&op, Query::DeputyshipList, list).await?;
    let (rows, next_page_token) =
        page.close(rows, |row: &DeputyshipRow| (row.create_time, row.deputyship.id));
    let deputyships = rows.iter().map(|row| wire::deputyship::deputyship(row, now));
    Ok(ListDeputyshipsResponse {
        deputyships: deputyships.collect(),
        next_page_token,
    })
}
