use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{CountTasksRequest, CountTasksResponse, count_tasks_response::Count};

use crate::{
    app::App,
    error::Error,
    store::{MOST_COUNTED, Query, counts},
};

/// Counts what waits for the caller, each number up to a hundred (P6.1.2, P6.1.3).
pub async fn count_tasks(app: App, op: OpContext, _: CountTasksRequest) -> Result<CountTasksResponse, Error> {
    let (person, now) = (op.person()?.person, app.clock.now());
    let count =
        async move |connection: &mut Connection| Ok::<_, Error>(counts(connection, person, now).await?);
    let counts = app.database.read(&op, Query::TaskCount, count).await?;
    Ok(CountTasksResponse {
        pending: capped(counts.pending),
        overdue: capped(counts.overdue),
        unread_copies: capped(counts.unread_copies),
        open_submissions: capped(counts.open_submissions),
    })
}

fn capped(found: i64) -> Option<Count> {
    Some(Count {
        count: i32::try_from(found.min(MOST_COUNTED)).unwrap_or_default(),
        more: found > MOST_COUNTED,
    })
}
