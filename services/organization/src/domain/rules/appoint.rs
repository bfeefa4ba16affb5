//! Who may be appointed to what, and to whom they report.

use jiff::civil::Date;

use crate::domain::{Appointment, AppointmentKind, EmployeeId, Period, Refusal, Roster, may_be_held_in};

impl Roster {
    /// Whether the appointment may be made.
    ///
    /// # Errors
    /// A unit without such a post, a person or unit that is not there over the whole period, another primary appointment or the
    /// same post in the period, a line manager who is not there or would make a circle.
    pub fn check_appointment(&self, new: &Appointment) -> Result<(), Refusal> {
        let unit = self.known_unit(new.unit)?;
        if !may_be_held_in(new.post, unit.kind) {
            return Err(Refusal::PostNotInUnit {
                post: new.post,
                kind: unit.kind,
            });
        }
        self.check_employed(new.employee, new.period)?;
        if let Some(date) = new.period.first_day_outside(unit.open) {
            return Err(Refusal::UnitNotOpen { unit: unit.id, date });
        }
        self.check_overlaps(new)?;
        match new.reports_to {
            None => Ok(()),
            Some(_) if new.kind != AppointmentKind::Primary => Err(Refusal::ReportsToWithoutPrimary),
            Some(manager) => self.check_reports_to(new.employee, manager, new.period),
        }
    }

    fn check_employed(&self, employee: EmployeeId, period: Period) -> Result<(), Refusal> {
        let employee = self.known_employee(employee)?;
        match period.first_day_outside(employee.employed) {
            Some(date) => Err(Refusal::NotEmployed {
                employee: employee.id,
                date,
            }),
            None => Ok(()),
        }
    }

    fn check_overlaps(&self, new: &Appointment) -> Result<(), Refusal> {
        let (employee, primary) = (new.employee, AppointmentKind::Primary);
        for held in self
            .appointments_of(employee)
            .filter(|held| held.period.overlaps(new.period))
        {
            let appointment = held.id;
            if held.kind == primary && new.kind == primary {
                return Err(Refusal::PrimaryOverlaps {
                    employee,
                    appointment,
                });
            }
            if (held.post, held.unit) == (new.post, new.unit) {
                return Err(Refusal::HeldAlready {
                    employee,
                    appointment,
                });
            }
        }
        Ok(())
    }

    fn check_reports_to(
        &self,
        employee: EmployeeId,
        manager: EmployeeId,
        period: Period,
    ) -> Result<(), Refusal> {
        self.check_employed(manager, period)?;
        match self.reports_around(employee, manager, period) {
            Some(date) => Err(Refusal::ReportingCycle {
                employee,
                reports_to: manager,
                date,
            }),
            None => Ok(()),
        }
    }

    /// The first day of a period on which `from` is `employee`, or reports to them by name, directly or through others.
    ///
    /// It ends: the period only shrinks, and on each day of it the managers named so far form no circle.
    fn reports_around(&self, employee: EmployeeId, from: EmployeeId, period: Period) -> Option<Date> {
        if from == employee {
            return Some(period.start());
        }
        let named = self.appointments_of(from).filter_map(|held| {
            let manager = held.reports_to?;
            self.reports_around(employee, manager, held.period.intersection(period)?)
        });
        named.min()
    }
}
