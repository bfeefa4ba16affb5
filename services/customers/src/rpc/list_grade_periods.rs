use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::customers::v1::{ListGradePeriodsRequest, ListGradePeriodsResponse};
use salient_values::name;

use super::{convert, permitted::permitted};
use crate::{
    app::App,
    domain::customer::COLLECTION,
    error::Error,
    store::{Query, customers::customer_find, grades::grade_list},
};

/// Lists the grades that a customer has had, the newest first.
pub(super) async fn list_grade_periods(
    app: App,
    op: OpContext,
    request: ListGradePeriodsRequest,
) -> Result<ListGradePeriodsResponse, Error> {
    let id = name::parse(COLLECTION, &request.parent).map_err(|error| error.at("parent"))?;
    let query = [request.parent.as_bytes()];
    let page = app
        .pages
        .open::<i64>(&op, request.page_size, &request.page_token, &query)?;
    let read = async |connection: &mut Connection| {
        permitted(&op, id, customer_find(connection, id).await?)?;
        Ok::<_, Error>(grade_list(connection, id, page.after().copied(), page.limit()).await?)
    };
    let rows = app.database.read(&op, Query::GradeList, read).await?;
    let (rows, next_page_token) = page.close(rows, |period| period.number);
    Ok(ListGradePeriodsResponse {
        grade_periods: rows
            .into_iter()
            .map(|period| convert::period(id, period))
            .collect(),
        next_page_token,
    })
}
