use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};

use super::{
    appointments, employees, head_revision,
    placements::placements_all,
    schema::{appointment, employee, org_unit},
    units,
};
use crate::domain::Roster;

/// The whole organisation, past, present and future, as of one revision.
///
/// Every change of it advances the revision in its own transaction. So where the revision is the same before and after, nothing has
/// changed between the queries; where it is not, they are asked again.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn roster_load(connection: &mut Connection) -> Result<Roster, Error> {
    let mut revision = head_revision(connection).await?;
    loop {
        let roster = everything(connection, revision).await?;
        let now = head_revision(connection).await?;
        if now == revision {
            return Ok(roster);
        }
        revision = now;
    }
}

async fn everything(connection: &mut Connection, revision: i64) -> Result<Roster, Error> {
    let mut roster = Roster::at(revision);
    let mut placements = placements_all(connection).await?;
    for row in org_unit::table.load(connection).await? {
        roster.put_unit(units::record(row, &mut placements)?.value.unit);
    }
    for row in employee::table.load(connection).await? {
        roster.put_employee(employees::record(row)?.value);
    }
    for row in appointment::table.load(connection).await? {
        roster.put_appointment(appointments::record(row)?.value);
    }
    Ok(roster)
}
