use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;
use salient_operation::Post;

use super::{AppointmentId, EmployeeId, Period, UnitId, UnitKind};

/// A unit over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Which one.
    pub id: UnitId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its code, empty where it has none.
    pub code: String,
    /// The days it exists.
    pub open: Period,
    /// Where it stands, by date; empty for the company.
    pub placements: Vec<Placement>,
}

/// Where a unit stands over a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The unit above.
    pub parent: UnitId,
    /// The days it stands there.
    pub period: Period,
}

impl Unit {
    /// The unit above it on a day it exists; `None` for the company.
    pub fn parent_on(&self, date: Date) -> Option<UnitId> {
        self.placements
            .iter()
            .find(|placement| placement.period.contains(date))
            .map(|placement| placement.parent)
    }
}

/// A person over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employee {
    /// Who.
    pub id: EmployeeId,
    /// The personnel number.
    pub number: String,
    /// The name as shown.
    pub display_name: String,
    /// The e-mail address at work, empty where there is none.
    pub email: String,
    /// The days employed.
    pub employed: Period,
}

/// How a post is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AppointmentKind {
    /// The main post.
    Primary,
    /// Another one, in full.
    Additional,
    /// In place of a missing holder.
    Acting,
    /// Standing by.
    Deputy,
}

impl AppointmentKind {
    /// Every kind, the one that weighs most first.
    pub const ALL: [Self; 4] = [Self::Primary, Self::Additional, Self::Acting, Self::Deputy];

    /// Its name in the proto, and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "KIND_PRIMARY",
            Self::Additional => "KIND_ADDITIONAL",
            Self::Acting => "KIND_ACTING",
            Self::Deputy => "KIND_DEPUTY",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the holder stands in for another.
    pub const fn is_substitute(self) -> bool {
        matches!(self, Self::Acting | Self::Deputy)
    }
}

/// That a person holds a post in a unit over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Which one.
    pub id: AppointmentId,
    /// Who.
    pub employee: EmployeeId,
    /// What.
    pub post: Post,
    /// Where.
    pub unit: UnitId,
    /// How.
    pub kind: AppointmentKind,
    /// When; empty where it was called off.
    pub period: Period,
    /// The line manager, where it is not the one that the structure gives.
    pub reports_to: Option<EmployeeId>,
}

/// All units, people and appointments, past, present and future, as of one revision. Cheap to clone: what does not change is
/// shared.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// The revision it stands at; 0 is the empty organisation.
    pub revision: i64,
    units: HashMap<UnitId, Arc<Unit>>,
    employees: HashMap<EmployeeId, Arc<Employee>>,
    appointments: HashMap<EmployeeId, Vec<Arc<Appointment>>>,
}

impl Roster {
    /// Nothing as yet, at a revision.
    pub fn at(revision: i64) -> Self {
        Self {
            revision,
            ..Self::default()
        }
    }

    /// Puts a unit in, in place of what it was before.
    pub fn put_unit(&mut self, unit: Unit) {
        self.units.insert(unit.id, Arc::new(unit));
    }

    /// Puts a person in, in place of what was known before.
    pub fn put_employee(&mut self, employee: Employee) {
        self.employees.insert(employee.id, Arc::new(employee));
    }

    /// Puts an appointment in, in place of what it was before.
    pub fn put_appointment(&mut self, appointment: Appointment) {
        let held = self.appointments.entry(appointment.employee).or_default();
        held.retain(|other| other.id != appointment.id);
        held.push(Arc::new(appointment));
    }

    /// The unit.
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id).map(AsRef::as_ref)
    }

    /// All units, in no order.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values().map(AsRef::as_ref)
    }

    /// The person.
    pub fn employee(&self, id: EmployeeId) -> Option<&Employee> {
        self.employees.get(&id).map(AsRef::as_ref)
    }

    /// All people, in no order.
    pub fn employees(&self) -> impl Iterator<Item = &Employee> {
        self.employees.values().map(AsRef::as_ref)
    }

    /// A person's appointments, in no order, those called off too.
    pub fn appointments_of(&self, employee: EmployeeId) -> impl Iterator<Item = &Appointment> {
        self.appointments
            .get(&employee)
            .into_iter()
            .flatten()
            .map(AsRef::as_ref)
    }

    /// Everybody's appointments, in no order.
    pub fn appointments(&self) -> impl Iterator<Item = &Appointment> {
        self.appointments.values().flatten().map(AsRef::as_ref)
    }

    /// Whether the person is employed on the day.
    pub fn is_employed(&self, employee: EmployeeId, date: Date) -> bool {
        self.employee(employee)
            .is_some_and(|employee| employee.employed.contains(date))
    }
}
