//! The organisation as a test makes it up, behind the real interface.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use salient_operation::{HeldPost, Post, Profile};
use salient_proto::access::v1::{self, GetProfileRequest, profile_service_server::ProfileService};
use tonic::{Request, Response, Status};
use uuid::Uuid;

/// A unit of the test's organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit(Uuid);

impl Unit {
    /// Its id.
    #[must_use]
    pub fn id(self) -> Uuid {
        self.0
    }

    /// Its resource name, `orgUnits/{uuid}`.
    #[must_use]
    pub fn name(self) -> String {
        format!("orgUnits/{}", self.0)
    }
}

/// A post that a person holds in a unit.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    post: Post,
    unit: Unit,
    substitute: bool,
}

impl Held {
    /// The same as a substitute for an absent holder.
    #[must_use]
    pub fn as_substitute(self) -> Self {
        Self {
            substitute: true,
            ..self
        }
    }
}

/// A post held in a unit.
#[must_use]
pub fn held(post: Post, unit: Unit) -> Held {
    Held {
        post,
        unit,
        substitute: false,
    }
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    id: Uuid,
    display_name: String,
}

impl Person {
    /// The person's id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The person's resource name, `employees/{uuid}`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("employees/{}", self.id)
    }

    /// The name as shown to others.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.display_name
    }
}

/// The people and units that a test makes. Services ask for them by `ProfileService`, and keep an answer for a few seconds: give
/// people their posts before they call.
#[derive(Clone, Default)]
pub struct People(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    company: Option<Unit>,
    units: HashMap<Unit, Place>,
    people: HashMap<Uuid, Employee>,
    revision: i64,
}

/// Where a unit lies.
#[derive(Clone, Default)]
struct Place {
    parent: Option<Unit>,
    /// The region, with its code.
    region: Option<(Unit, String)>,
}

struct Employee {
    display_name: String,
    active: bool,
    posts: Vec<Held>,
}

impl People {
    /// The company itself.
    pub fn company(&self) -> Unit {
        self.state().company()
    }

    /// A new region of the company, with the code that stands in business numbers.
    pub fn region(&self, code: &str) -> Unit {
        let mut state = self.state();
        let company = state.company();
        let region = Unit(Uuid::now_v7());
        let place = Place {
            parent: Some(company),
            region: Some((region, code.to_owned())),
        };
        state.units.insert(region, place);
        region
    }

    /// A new team in a unit.
    pub fn team(&self, parent: Unit) -> Unit {
        let mut state = self.state();
        let region = state.units.get(&parent).and_then(|place| place.region.clone());
        let team = Unit(Uuid::now_v7());
        state.units.insert(
            team,
            Place {
                parent: Some(parent),
                region,
            },
        );
        team
    }

    /// A new person, who holds these posts.
    pub fn add(&self, display_name: &str, posts: &[Held]) -> Person {
        let person = Person {
            id: Uuid::now_v7(),
            display_name: display_name.to_owned(),
        };
        let employee = Employee {
            display_name: display_name.to_owned(),
            active: true,
            posts: posts.to_vec(),
        };
        self.state().people.insert(person.id, employee);
        person
    }

    /// Gives a person other posts.
    pub fn appoint(&self, person: &Person, posts: &[Held]) {
        self.change(person, |employee| employee.posts = posts.to_vec());
    }

    /// Makes a person inactive: they may do nothing any more.
    pub fn depart(&self, person: &Person) {
        self.change(person, |employee| employee.active = false);
    }

    fn change(&self, person: &Person, change: impl FnOnce(&mut Employee)) {
        let mut state = self.state();
        change(
            state
                .people
                .get_mut(&person.id)
                .expect("a person of this service's people"),
        );
        state.revision += 1;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn company(&mut self) -> Unit {
        let company = *self.company.get_or_insert_with(|| Unit(Uuid::now_v7()));
        self.units.entry(company).or_default();
        company
    }

    fn profile(&self, person: Uuid) -> Option<Profile> {
        let employee = self.people.get(&person)?;
        Some(Profile {
            person,
            display_name: employee.display_name.clone(),
            active: employee.active,
            posts: employee.posts.iter().map(|held| self.held(*held)).collect(),
            organization_revision: self.revision + 1,
        })
    }

    fn held(&self, held: Held) -> HeldPost {
        let region = self.units.get(&held.unit).and_then(|place| place.region.clone());
        HeldPost {
            post: held.post,
            unit: held.unit.0,
            team_units: Arc::new(self.below(held.unit)),
            region: region.as_ref().map(|(region, _)| region.0),
            region_code: region.as_ref().map(|(_, code)| code.clone()).unwrap_or_default(),
            region_units: Arc::new(region.map(|(region, _)| self.below(region)).unwrap_or_default()),
            substitute: held.substitute,
        }
    }

    /// The unit and every unit below it.
    fn below(&self, top: Unit) -> HashSet<Uuid> {
        let is_below = |unit: &Unit| {
            let mut above = Some(*unit);
            while let Some(unit) = above {
                if unit == top {
                    return true;
                }
                above = self.units.get(&unit).and_then(|place| place.parent);
            }
            false
        };
        let units = self.units.keys().copied().filter(is_below);
        units.map(Unit::id).chain([top.0]).collect()
    }
}

#[tonic::async_trait]
impl ProfileService for People {
    async fn get_profile(
        &self,
        request: Request<GetProfileRequest>,
    ) -> Result<Response<v1::Profile>, Status> {
        let name = request.into_inner().name;
        let person = name
            .strip_prefix("employees/")
            .and_then(|rest| rest.strip_suffix("/profile"));
        let person = person.and_then(|id| Uuid::try_parse(id).ok());
        let profile = person.and_then(|person| self.state().profile(person));
        let profile = profile.ok_or_else(|| Status::not_found(name))?;
        Ok(Response::new(v1::Profile::from(&profile)))
    }
}

#[cfg(test)]
mod tests {
    use salient_operation::Post;

    use super::{People, held};

    #[test]
    fn a_post_reaches_the_units_below_its_own() {
        let people = People::default();
        let east = people.region("HD");
        let [first, second] = [people.team(east), people.team(east)];
        let south = people.region("HN");
        let person = people.add(
            "李娜",
            &[
                held(Post::Supervisor, first),
                held(Post::Director, people.company()),
            ],
        );
        let profile = people.state().profile(person.id()).expect("added");
        let [supervisor, director] = &profile.posts[..] else {
            panic!("two posts")
        };
        assert_eq!(
            (supervisor.region, supervisor.region_code.as_str()),
            (Some(east.id()), "HD")
        );
        assert_eq!(*supervisor.team_units, [first.id()].into());
        assert_eq!(
            *supervisor.region_units,
            [east, first, second].map(|unit| unit.id()).into()
        );
        assert_eq!(director.region, None);
        let all = [people.company(), east, first, second, south];
        assert_eq!(*director.team_units, all.map(|unit| unit.id()).into());
    }
}
