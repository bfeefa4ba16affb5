use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{Deputyship, GetDeputyshipRequest};

use super::{
    named_deputyship::{id_from, seen},
    wire,
};
use crate::{app::App, error::Error, store::Query};

/// Returns a deputyship (P1.3).
pub async fn get_deputyship(
    app: App,
    op: OpContext,
    request: GetDeputyshipRequest,
) -> Result<Deputyship, Error> {
    let (op, id) = (&op, id_from(&request.name, "name")?);
    let find = async move |connection: &mut Connection| seen(connection, op, id).await;
    let row = app.database.read(op, Query::DeputyshipFind, find).await?;
    Ok(wire::deputyship::deputyship(&row, app.clock.now()))
}
