use std::collections::HashMap;

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use uuid::Uuid;

use super::{
    row::{period, sql_date},
    schema::placement,
};
use crate::domain::{Placement, UnitId};

type PlacementRow = (Uuid, jiff_diesel::Date, Option<jiff_diesel::Date>, Uuid);

/// Where units have stood and will stand, oldest first.
pub(super) async fn placements_of(
    connection: &mut Connection,
    units: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<Placement>>, Error> {
    if units.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = placement::table
        .filter(placement::unit.eq_any(units))
        .order((placement::unit, placement::start_date))
        .load(connection)
        .await?;
    by_unit(rows)
}

/// Where all units have stood and will stand, oldest first.
pub(super) async fn placements_all(
    connection: &mut Connection,
) -> Result<HashMap<Uuid, Vec<Placement>>, Error> {
    by_unit(
        placement::table
            .order((placement::unit, placement::start_date))
            .load(connection)
            .await?,
    )
}

fn by_unit(rows: Vec<PlacementRow>) -> Result<HashMap<Uuid, Vec<Placement>>, Error> {
    let mut placements = HashMap::<Uuid, Vec<Placement>>::new();
    for (unit, start, end, parent) in rows {
        let placement = Placement {
            parent: UnitId(parent),
            period: period(start, end)?,
        };
        placements.entry(unit).or_default().push(placement);
    }
    Ok(placements)
}

/// Writes where a unit stands, in place of what was written before.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn placements_replace(
    connection: &mut Connection,
    unit: UnitId,
    placements: &[Placement],
) -> Result<(), Error> {
    diesel::delete(placement::table.filter(placement::unit.eq(unit.0)))
        .execute(connection)
        .await?;
    let rows: Vec<_> = placements
        .iter()
        .map(|at| {
            (
                placement::unit.eq(unit.0),
                placement::start_date.eq(sql_date(at.period.start())),
                placement::end_date.eq(at.period.end().map(sql_date)),
                placement::parent.eq(at.parent.0),
            )
        })
        .collect();
    diesel::insert_into(placement::table)
        .values(rows)
        .execute(connection)
        .await?;
    Ok(())
}
