//! Many people and appointments at once: all of them, or a list of everything that is wrong.

use std::collections::HashMap;

use jiff::civil::Date;
use salient_operation::Post;
use uuid::Uuid;

use super::{
    Appointment, AppointmentId, AppointmentKind, Employee, EmployeeId, Period, Refusal, Roster, UnitId,
};

/// A row as far as it can be understood by itself.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// What the source calls the row.
    pub row: i64,
    /// The personnel number.
    pub number: String,
    /// The name; empty for a person known already.
    pub display_name: String,
    /// The e-mail address; may be empty.
    pub email: String,
    /// The first day of employment.
    pub hire_date: Option<Date>,
    /// The appointment, if the row has one.
    pub appointment: Option<AppointmentRow>,
}

/// The part of a row that appoints.
#[derive(Debug, Clone)]
pub struct AppointmentRow {
    /// The post.
    pub post: Post,
    /// The unit's name or code.
    pub unit: String,
    /// How it is held.
    pub kind: AppointmentKind,
    /// The first day; that of employment where not given.
    pub start_date: Option<Date>,
    /// The first day after.
    pub end_date: Option<Date>,
    /// The line manager's personnel number, empty where the structure gives one.
    pub reports_to_number: String,
}

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row.
    pub row: i64,
    /// The field, as the proto names it; empty for the row as a whole.
    pub field: &'static str,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// A value is missing or malformed.
    Invalid,
    /// It says something else about a person than is known.
    Contradicts,
    /// Nothing is called so.
    Unknown,
    /// A rule of the organisation forbids it.
    Refused(Refusal),
}

/// What an import would do, or what is wrong with it.
#[derive(Debug, Default)]
pub struct Import {
    /// The people to record.
    pub employees: Vec<Employee>,
    /// The appointments to make.
    pub appointments: Vec<Appointment>,
    /// What is wrong, in the order of the rows.
    pub problems: Vec<Problem>,
}

impl Import {
    /// Checks rows against an organisation and each other. People first, then appointments: a line manager may stand in a later
    /// row than those who report to them.
    pub fn check(
        organization: &Roster,
        today: Date,
        rows: &[ImportRow],
        mut new_id: impl FnMut() -> Uuid,
    ) -> Self {
        let mut checking = Checking::new(organization.clone());
        let people: Vec<_> = rows
            .iter()
            .map(|row| checking.person(row, today, &mut new_id))
            .collect();
        for (row, person) in rows.iter().zip(people) {
            if let (Some(person), Some(appointment)) = (person, &row.appointment) {
                checking.appoint(row.row, person, appointment, &mut new_id);
            }
        }
        let mut import = checking.import;
        import.problems.sort_by_key(|problem| problem.row);
        import
    }
}

/// The organisation as it would be with the rows so far.
struct Checking {
    organization: Roster,
    numbers: HashMap<String, EmployeeId>,
    codes: HashMap<String, UnitId>,
    import: Import,
}

impl Checking {
    fn new(organization: Roster) -> Self {
        let numbers = organization
            .employees()
            .map(|person| (person.number.clone(), person.id))
            .collect();
        let units = organization
            .units()
            .flat_map(|unit| [(unit.code.clone(), unit.id), (unit.id.to_string(), unit.id)]);
        let codes = units.filter(|(code, _)| !code.is_empty()).collect();
        Self {
            numbers,
            codes,
            import: Import::default(),
            organization,
        }
    }

    fn refuse(&mut self, row: i64, field: &'static str, kind: ProblemKind) {
        self.import.problems.push(Problem { row, field, kind });
    }

    /// Whom the row is about; `None` where it is wrong about that.
    fn person(
        &mut self,
        row: &ImportRow,
        today: Date,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Option<EmployeeId> {
        if let Some(known) = self.numbers.get(&row.number) {
            let known = self.organization.employee(*known)?;
            let differs = [
                (
                    "display_name",
                    !row.display_name.is_empty() && row.display_name != known.display_name,
                ),
                ("email", !row.email.is_empty() && row.email != known.email),
                (
                    "hire_date",
                    row.hire_date.is_some_and(|date| date != known.employed.start()),
                ),
            ];
            let id = known.id;
            let Some((field, _)) = differs.into_iter().find(|(_, differs)| *differs) else {
                return Some(id);
            };
            self.refuse(row.row, field, ProblemKind::Contradicts);
            return None;
        }
        if row.display_name.is_empty() {
            self.refuse(row.row, "display_name", ProblemKind::Invalid);
            return None;
        }
        let person = Employee {
            id: EmployeeId(new_id()),
            number: row.number.clone(),
            display_name: row.display_name.clone(),
            email: row.email.clone(),
            employed: Period::since(row.hire_date.unwrap_or(today)),
        };
        let id = person.id;
        self.numbers.insert(person.number.clone(), id);
        self.organization.put_employee(person.clone());
        self.import.employees.push(person);
        Some(id)
    }

    fn appoint(
        &mut self,
        row: i64,
        employee: EmployeeId,
        wanted: &AppointmentRow,
        new_id: &mut impl FnMut() -> Uuid,
    ) {
        let made = self.appointment(employee, wanted, new_id).and_then(|made| {
            let allowed = self.organization.check_appointment(&made);
            allowed
                .map(|()| made)
                .map_err(|refusal| ("", ProblemKind::Refused(refusal)))
        });
        match made {
            Ok(made) => {
                self.organization.put_appointment(made.clone());
                self.import.appointments.push(made);
            }
            Err((field, kind)) => self.refuse(row, field, kind),
        }
    }

    fn appointment(
        &self,
        employee: EmployeeId,
        wanted: &AppointmentRow,
        new_id: &mut impl FnMut() -> Uuid,
    ) -> Result<Appointment, (&'static str, ProblemKind)> {
        let unit = self
            .codes
            .get(&wanted.unit)
            .ok_or(("unit", ProblemKind::Unknown))?;
        let reports_to = match wanted.reports_to_number.as_str() {
            "" => None,
            number => Some(
                *self
                    .numbers
                    .get(number)
                    .ok_or(("reports_to_number", ProblemKind::Unknown))?,
            ),
        };
        let hired = self
            .organization
            .employee(employee)
            .map(|person| person.employed.start());
        let start = wanted
            .start_date
            .or(hired)
            .ok_or(("start_date", ProblemKind::Invalid))?;
        let period = Period::new(start, wanted.end_date).filter(|period| !period.is_empty());
        Ok(Appointment {
            id: AppointmentId(new_id()),
            employee,
            post: wanted.post,
            unit: *unit,
            kind: wanted.kind,
            period: period.ok_or(("end_date", ProblemKind::Invalid))?,
            reports_to,
        })
    }
}
