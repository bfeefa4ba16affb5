use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use salient_operation::{HeldPost, Post, Profile};
use uuid::Uuid;

use super::{Appointment, AppointmentKind, EmployeeId, Roster, UnitId, UnitKind, may_be_held_in};

/// The organisation as it is on one day: every question about that day is answered from it without searching.
#[derive(Debug)]
pub struct Chart {
    pub(super) roster: Arc<Roster>,
    pub(super) date: Date,
    parents: HashMap<UnitId, UnitId>,
    /// Each unit with all below it.
    teams: HashMap<UnitId, Arc<HashSet<Uuid>>>,
    /// Whoever holds a post in a unit, in whatever way, the one appointed first first.
    seats: HashMap<(UnitId, Post), Vec<(AppointmentKind, EmployeeId)>>,
}

/// A person on a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub employee: EmployeeId,
    /// Whether they stand in for another.
    pub substitute: bool,
}

/// Who holds a post in a unit, or a person named outright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// The post and the unit; `None` for a person named outright.
    pub seat: Option<(Post, UnitId)>,
    /// Who; nobody where it is vacant.
    pub holders: Vec<Holder>,
}

impl Rung {
    /// Whether nobody is on it.
    pub fn is_vacant(&self) -> bool {
        self.holders.is_empty()
    }
}

impl Chart {
    /// Draws the chart of a day.
    pub fn of(roster: Arc<Roster>, date: Date) -> Self {
        let open = || roster.units().filter(|unit| unit.open.contains(date));
        let parents: HashMap<_, _> = open()
            .filter_map(|unit| Some((unit.id, unit.parent_on(date)?)))
            .collect();
        let mut teams = HashMap::<UnitId, HashSet<Uuid>>::new();
        for unit in open() {
            for above in path(&parents, unit.id) {
                teams.entry(above).or_default().insert(unit.id.0);
            }
        }
        let seats = seats(&roster, date);
        let teams = teams
            .into_iter()
            .map(|(unit, team)| (unit, Arc::new(team)))
            .collect();
        Self {
            date,
            parents,
            teams,
            seats,
            roster,
        }
    }

    /// The records that it was drawn from.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The unit and those above it, up to the company.
    pub fn path(&self, unit: UnitId) -> impl Iterator<Item = UnitId> {
        path(&self.parents, unit)
    }

    /// The region that the unit is, or lies in.
    pub fn region(&self, unit: UnitId) -> Option<UnitId> {
        self.path(unit)
            .find(|above| self.kind(*above) == Some(UnitKind::Region))
    }

    /// The holders of a post in a unit: those in full; where there are none, those acting; where there are none either, the
    /// deputies.
    pub fn holders(&self, post: Post, unit: UnitId) -> Vec<Holder> {
        let seat = self.seats.get(&(unit, post)).map_or(&[][..], Vec::as_slice);
        let of = |kinds: &[AppointmentKind]| -> Vec<Holder> {
            let seated = seat.iter().filter(|(kind, _)| kinds.contains(kind));
            seated
                .map(|(kind, employee)| Holder {
                    employee: *employee,
                    substitute: kind.is_substitute(),
                })
                .collect()
        };
        [
            &[AppointmentKind::Primary, AppointmentKind::Additional][..],
            &[AppointmentKind::Acting],
            &[AppointmentKind::Deputy],
        ]
        .into_iter()
        .map(of)
        .find(|holders| !holders.is_empty())
        .unwrap_or_default()
    }

    /// The holders of a post for a unit: in the unit, else in the nearest unit above it. Vacant, it names the nearest unit that
    /// should have such a post.
    pub fn nearest(&self, post: Post, unit: UnitId) -> Rung {
        let should_have = |at: &UnitId| self.kind(*at).is_some_and(|kind| may_be_held_in(post, kind));
        let held = self
            .path(unit)
            .map(|at| (at, self.holders(post, at)))
            .find(|(_, holders)| !holders.is_empty());
        match held {
            Some((at, holders)) => Rung {
                seat: Some((post, at)),
                holders,
            },
            None => {
                let at = self.path(unit).find(should_have).unwrap_or(unit);
                Rung {
                    seat: Some((post, at)),
                    holders: Vec::new(),
                }
            }
        }
    }

    /// What the person holds on the day, the weightiest first.
    pub fn held_by(&self, employee: EmployeeId) -> Vec<&Appointment> {
        let mut held: Vec<_> = self
            .roster
            .appointments_of(employee)
            .filter(|held| held.period.contains(self.date))
            .collect();
        held.sort_by_key(|held| (held.kind, held.period.start(), held.id));
        held
    }

    /// What the suite needs to know of the person to decide what they may do; `None` where nobody has this id.
    pub fn profile(&self, employee: EmployeeId) -> Option<Profile> {
        let known = self.roster.employee(employee)?;
        Some(Profile {
            person: employee.0,
            display_name: known.display_name.clone(),
            active: known.employed.contains(self.date),
            posts: self
                .held_by(employee)
                .into_iter()
                .map(|held| self.held_post(held))
                .collect(),
            organization_revision: self.roster.revision,
        })
    }

    fn held_post(&self, held: &Appointment) -> HeldPost {
        let region = self.region(held.unit);
        let code = region
            .and_then(|region| self.roster.unit(region))
            .map(|region| region.code.clone());
        HeldPost {
            post: held.post,
            unit: held.unit.0,
            team_units: self.team(held.unit),
            region: region.map(|region| region.0),
            region_code: code.unwrap_or_default(),
            region_units: region.map(|region| self.team(region)).unwrap_or_default(),
            substitute: held.kind.is_substitute(),
        }
    }

    fn team(&self, unit: UnitId) -> Arc<HashSet<Uuid>> {
        self.teams.get(&unit).cloned().unwrap_or_default()
    }

    fn kind(&self, unit: UnitId) -> Option<UnitKind> {
        self.roster.unit(unit).map(|unit| unit.kind)
    }
}

fn path(parents: &HashMap<UnitId, UnitId>, unit: UnitId) -> impl Iterator<Item = UnitId> {
    std::iter::successors(Some(unit), |at| parents.get(at).copied())
}

fn seats(roster: &Roster, date: Date) -> HashMap<(UnitId, Post), Vec<(AppointmentKind, EmployeeId)>> {
    let mut held: Vec<_> = roster
        .appointments()
        .filter(|held| held.period.contains(date))
        .collect();
    // In an order that does not depend on how the records came in, so that the same question has the same answer.
    held.sort_by_key(|held| (held.period.start(), held.id));
    let mut seats = HashMap::<_, Vec<_>>::new();
    for held in held {
        seats
            .entry((held.unit, held.post))
            .or_default()
            .push((held.kind, held.employee));
    }
    seats
}
