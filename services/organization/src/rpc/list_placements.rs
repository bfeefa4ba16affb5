use salient_operation::OpContext;
use salient_proto::organization::v1::{ListPlacementsRequest, ListPlacementsResponse};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns where a unit has stood and will stand, oldest first (P2.1).
pub async fn list_placements(
    app: App,
    op: OpContext,
    request: ListPlacementsRequest,
) -> Result<ListPlacementsResponse, Error> {
    let id = name::unit(&request.parent, "parent")?;
    let find = app.database.read(&op, Query::UnitFind, async |connection| {
        store::unit_find(connection, id).await
    });
    let record = find.await?.ok_or(Error::NotFound(request.parent))?;
    let placements = record
        .value
        .unit
        .placements
        .iter()
        .map(wire::unit::placement_to_proto)
        .collect();
    Ok(ListPlacementsResponse { placements })
}
