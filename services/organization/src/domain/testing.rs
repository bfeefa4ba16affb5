//! A small organisation to ask questions about.

use std::sync::Arc;

use jiff::civil::{Date, date};
use salient_operation::Post;
use uuid::Uuid;

use super::{
    Appointment, AppointmentId, AppointmentKind, Chart, Employee, EmployeeId, Period, Placement, Roster,
    Unit, UnitId, UnitKind,
};

/// The day on which the sample begins.
pub const FOUNDED: Date = date(2020, 1, 1);
/// The day that counts as today.
pub const TODAY: Date = date(2026, 11, 24);

/// The unit with a small number.
pub fn unit(number: u8) -> UnitId {
    UnitId(Uuid::from_u128(0x1000 + u128::from(number)))
}

/// The person with a small number.
pub fn person(number: u8) -> EmployeeId {
    EmployeeId(Uuid::from_u128(0x2000 + u128::from(number)))
}

/// The company.
pub const COMPANY: u8 = 0;
/// A region, with two teams one below the other.
pub const EAST: u8 = 1;
/// A team of the region.
pub const TEAM: u8 = 2;
/// A team of the team.
pub const SUBTEAM: u8 = 3;
/// Another region, with nobody in it.
pub const WEST: u8 = 4;

/// Builds rosters by saying what is in them.
#[derive(Default)]
pub struct Sample {
    /// What has been said.
    pub roster: Roster,
    appointments: u8,
}

impl Sample {
    /// The units above, all open from the beginning, and no people.
    pub fn units() -> Self {
        let mut sample = Self::default();
        sample.unit(COMPANY, UnitKind::Company, None);
        sample.unit(EAST, UnitKind::Region, Some(COMPANY));
        sample.unit(TEAM, UnitKind::Team, Some(EAST));
        sample.unit(SUBTEAM, UnitKind::Team, Some(TEAM));
        sample.unit(WEST, UnitKind::Region, Some(COMPANY));
        sample
    }

    /// Adds a unit.
    pub fn unit(&mut self, number: u8, kind: UnitKind, parent: Option<u8>) {
        let period = Period::since(FOUNDED);
        self.roster.put_unit(Unit {
            id: unit(number),
            kind,
            code: if kind == UnitKind::Team {
                String::new()
            } else {
                format!("U{number}")
            },
            open: period,
            placements: parent
                .map(|parent| Placement {
                    parent: unit(parent),
                    period,
                })
                .into_iter()
                .collect(),
        });
    }

    /// Adds a person employed from the beginning.
    pub fn hire(&mut self, number: u8) -> EmployeeId {
        let id = person(number);
        if self.roster.employee(id).is_none() {
            self.roster.put_employee(Employee {
                id,
                number: number.to_string(),
                display_name: format!("Person {number}"),
                email: String::new(),
                employed: Period::since(FOUNDED),
            });
        }
        id
    }

    /// An appointment that is not in the roster.
    pub fn draft(&mut self, who: u8, post: Post, at: u8, kind: AppointmentKind) -> Appointment {
        self.appointments += 1;
        Appointment {
            id: AppointmentId(Uuid::from_u128(0x3000 + u128::from(self.appointments))),
            employee: self.hire(who),
            post,
            unit: unit(at),
            kind,
            period: Period::since(FOUNDED),
            reports_to: None,
        }
    }

    /// Adds an appointment.
    pub fn appoint(&mut self, who: u8, post: Post, at: u8, kind: AppointmentKind) -> Appointment {
        let draft = self.draft(who, post, at, kind);
        self.roster.put_appointment(draft.clone());
        draft
    }

    /// Adds a primary appointment.
    pub fn primary(&mut self, who: u8, post: Post, at: u8) -> Appointment {
        self.appoint(who, post, at, AppointmentKind::Primary)
    }

    /// Adds a primary appointment with a named line manager.
    pub fn reporting(&mut self, who: u8, post: Post, at: u8, manager: u8) -> Appointment {
        let manager = self.hire(manager);
        let draft = Appointment {
            reports_to: Some(manager),
            ..self.draft(who, post, at, AppointmentKind::Primary)
        };
        self.roster.put_appointment(draft.clone());
        draft
    }

    /// The chart of today.
    pub fn chart(self) -> Chart {
        Chart::of(Arc::new(self.roster), TODAY)
    }
}
