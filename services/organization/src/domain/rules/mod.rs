//! What may change, and what then is. Each rule reads the roster and answers with the change or the refusal; it never writes.

mod appoint;
mod depart;
mod end;
#[cfg(test)]
mod tests;
mod units;

use jiff::civil::Date;
use salient_operation::Post;

use super::{AppointmentId, Employee, EmployeeId, Period, Refusal, Roster, Unit, UnitId};

impl Roster {
    pub(super) fn known_unit(&self, unit: UnitId) -> Result<&Unit, Refusal> {
        self.unit(unit).ok_or(Refusal::UnitUnknown(unit))
    }

    pub(super) fn known_employee(&self, employee: EmployeeId) -> Result<&Employee, Refusal> {
        self.employee(employee).ok_or(Refusal::EmployeeUnknown(employee))
    }

    /// Somebody must be there to administer the suite on every day of the period, though these appointments do not count.
    fn stays_administered(&self, without: &[AppointmentId], over: Period) -> Result<(), Refusal> {
        let administrators: Vec<Period> = self
            .appointments()
            .filter(|held| held.post == Post::Administrator && !without.contains(&held.id))
            .map(|held| held.period)
            .collect();
        let mut day = over.start();
        while over.contains(day) {
            let there = administrators.iter().filter(|period| period.contains(day));
            match there
                .map(|period| period.end())
                .max_by_key(|end| end.unwrap_or(Date::MAX))
            {
                None => return Err(Refusal::LastAdministrator { date: day }),
                Some(None) => return Ok(()),
                Some(Some(end)) => day = end,
            }
        }
        Ok(())
    }
}

/// What is planned may change, what has been may not.
fn not_in_past(date: Date, today: Date) -> Result<(), Refusal> {
    if date < today {
        Err(Refusal::DateInPast { date, today })
    } else {
        Ok(())
    }
}
