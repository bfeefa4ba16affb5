//! How people leave.

use jiff::civil::Date;
use salient_operation::Post;

use super::{end::lost, not_in_past};
use crate::domain::{Appointment, Employee, EmployeeId, Period, Refusal, Roster};

impl Roster {
    /// The person as they are once they leave on a date, and the appointments that end by it.
    ///
    /// # Errors
    /// A date in the past or by which they leave anyway, somebody who reports to them by name then, or nobody left to administer
    /// the suite.
    pub fn depart(
        &self,
        employee: EmployeeId,
        leave: Date,
        today: Date,
    ) -> Result<(Employee, Vec<Appointment>), Refusal> {
        let employee = self.known_employee(employee)?;
        not_in_past(leave, today)?;
        if let Some(date) = employee.employed.end().filter(|end| *end <= leave) {
            return Err(Refusal::LeavesAlready {
                employee: employee.id,
                date,
            });
        }
        let after = Period::since(leave);
        let reports = self
            .appointments()
            .filter(|held| held.reports_to == Some(employee.id) && held.period.overlaps(after));
        if let Some(appointment) = reports.map(|held| held.id).min() {
            return Err(Refusal::HasReports {
                employee: employee.id,
                appointment,
            });
        }
        let ending: Vec<_> = self
            .appointments_of(employee.id)
            .filter(|held| held.period.overlaps(after))
            .collect();
        let without: Vec<_> = ending.iter().map(|held| held.id).collect();
        for held in ending.iter().filter(|held| held.post == Post::Administrator) {
            if let Some(lost) = lost(held.period, held.period.ended(leave)) {
                self.stays_administered(&without, lost)?;
            }
        }
        let ended = ending.into_iter().map(|held| Appointment {
            period: held.period.ended(leave),
            ..held.clone()
        });
        Ok((
            Employee {
                employed: employee.employed.ended(leave),
                ..employee.clone()
            },
            ended.collect(),
        ))
    }
}
