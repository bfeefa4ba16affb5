//! Who is whose superior (P2.1).

use std::collections::HashSet;

use salient_operation::Post;

use super::{
    Appointment, Chart, EmployeeId, Holder, Rung, UnitId, UnitKind,
    posts::{LINE, Rank, rank},
};

/// Rungs from below upwards, on which nobody stands twice.
#[derive(Debug)]
pub(super) struct Chain {
    seen: HashSet<EmployeeId>,
    rungs: Vec<Rung>,
}

impl Chain {
    /// A chain on which these people will not stand.
    pub(super) fn without(people: impl IntoIterator<Item = EmployeeId>) -> Self {
        Self {
            seen: people.into_iter().collect(),
            rungs: Vec::new(),
        }
    }

    /// Puts a rung on top. One whose holders all stand lower already is left out, for it is not vacant; a vacant one is kept, so
    /// that the vacancy shows.
    pub(super) fn push(&mut self, mut rung: Rung) {
        let vacant = rung.is_vacant();
        rung.holders.retain(|holder| self.seen.insert(holder.employee));
        let told = vacant && self.rungs.iter().any(|other| other.seat == rung.seat);
        if !told && (vacant || !rung.is_vacant()) {
            self.rungs.push(rung);
        }
    }

    pub(super) fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    pub(super) fn into_rungs(self) -> Vec<Rung> {
        self.rungs
    }
}

impl Chart {
    /// The person's superiors, the direct one first: line managers as far as they are named, from there on those that the
    /// structure gives, up to company management.
    pub fn superiors(&self, employee: EmployeeId) -> Vec<Rung> {
        let mut chain = Chain::without([employee]);
        let mut visited = HashSet::from([employee]);
        let mut at = employee;
        while let Some(main) = self.main_appointment(at) {
            match main.reports_to {
                // Named managers form no circle, but one who is named may stand below the person in the structure.
                Some(manager) if visited.insert(manager) => {
                    chain.push(self.person(manager));
                    at = manager;
                }
                _ => {
                    for rung in self.above(main) {
                        chain.push(rung);
                    }
                    break;
                }
            }
        }
        chain.into_rungs()
    }

    /// The appointment that decides who the person's superiors are: the primary one, else the weightiest.
    pub(super) fn main_appointment(&self, employee: EmployeeId) -> Option<&Appointment> {
        self.held_by(employee).into_iter().next()
    }

    /// A person named outright; vacant once they have left.
    pub(super) fn person(&self, employee: EmployeeId) -> Rung {
        let there = self.roster.is_employed(employee, self.date);
        let holder = Holder {
            employee,
            substitute: false,
        };
        Rung {
            seat: None,
            holders: there.then_some(holder).into_iter().collect(),
        }
    }

    /// How high the person stands in the line.
    pub(super) fn rank_of(&self, employee: EmployeeId) -> Rank {
        self.held_by(employee)
            .into_iter()
            .map(|held| rank(held.post))
            .max()
            .unwrap_or(Rank::Staff)
    }

    /// The rungs that lead from a unit upwards: the posts of the line above a rank, each where it is nearest.
    pub(super) fn line_above(&self, above: Rank, unit: UnitId) -> impl Iterator<Item = Rung> {
        let in_region = self.region(unit).is_some();
        let posts = LINE.into_iter().filter(move |post| rank(*post) > above);
        // Outside the regions nobody is missing where a region would have its manager and supervisors.
        let posts = posts.filter(move |post| in_region || rank(*post) > Rank::RegionalManager);
        posts.map(move |post| self.nearest(post, unit))
    }

    fn above(&self, main: &Appointment) -> Vec<Rung> {
        let mut rungs = Vec::new();
        let mut from = rank(main.post);
        if from <= Rank::Supervisor && self.region(main.unit).is_some() {
            rungs.extend(self.supervisor_of(main));
            from = Rank::Supervisor;
        }
        rungs.extend(self.line_above(from, main.unit));
        rungs
    }

    /// The nearest supervisor who is somebody else. A supervisor's own is looked for above the own team and is not missing if
    /// there is none.
    fn supervisor_of(&self, main: &Appointment) -> Option<Rung> {
        let leads = main.post == Post::Supervisor;
        let within = self
            .path(main.unit)
            .take_while(|at| !self.is_company(*at))
            .skip(usize::from(leads));
        let mut own_only = false;
        for unit in within {
            let mut holders = self.holders(Post::Supervisor, unit);
            own_only |= holders.iter().any(|holder| holder.employee == main.employee);
            holders.retain(|holder| holder.employee != main.employee);
            if !holders.is_empty() {
                return Some(Rung {
                    seat: Some((Post::Supervisor, unit)),
                    holders,
                });
            }
        }
        let missing = !leads && !own_only;
        missing.then(|| Rung {
            seat: Some((Post::Supervisor, main.unit)),
            holders: Vec::new(),
        })
    }

    fn is_company(&self, unit: UnitId) -> bool {
        self.roster
            .unit(unit)
            .is_some_and(|unit| unit.kind == UnitKind::Company)
    }
}
