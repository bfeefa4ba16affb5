use std::{collections::HashSet, sync::Arc};

use salient_proto::access::v1;
use uuid::Uuid;

use crate::{Post, UnknownPost};

/// Who a person is and what posts they hold at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The person.
    pub person: Uuid,
    /// The person's name as shown to others.
    pub display_name: String,
    /// Whether the person is an active employee; an inactive one may do nothing.
    pub active: bool,
    /// The posts held now.
    pub posts: Vec<HeldPost>,
    /// The organisation's revision that this was read from.
    pub organization_revision: i64,
}

/// One post that a person holds. The sets are shared, because a caller's permit is usually one of them as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// The post.
    pub post: Post,
    /// The unit in which it is held.
    pub unit: Uuid,
    /// The unit and every unit below it.
    pub team_units: Arc<HashSet<Uuid>>,
    /// The region that the unit lies in; `None` for a post of the company itself.
    pub region: Option<Uuid>,
    /// The region's short code, empty where there is no region.
    pub region_code: String,
    /// The region and every unit below it; empty where there is no region.
    pub region_units: Arc<HashSet<Uuid>>,
    /// Whether it is held in place of an absent or missing holder.
    pub substitute: bool,
}

impl Profile {
    /// The person's resource name, `employees/{uuid}`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{PEOPLE}/{}", self.person)
    }

    /// Whether the person holds this post, in any unit.
    #[must_use]
    pub fn holds(&self, post: Post) -> bool {
        self.posts.iter().any(|held| held.post == post)
    }
}

const PEOPLE: &str = "employees";
const UNITS: &str = "orgUnits";

/// What another service sent as a profile is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedProfile {
    /// A resource name is not of the collection it should be of, or its id is no UUID.
    #[error("{0:?} is not a name in {1}")]
    Name(String, &'static str),
    /// A post is unset or unknown.
    #[error(transparent)]
    Post(#[from] UnknownPost),
}

impl TryFrom<v1::Profile> for Profile {
    type Error = MalformedProfile;

    fn try_from(profile: v1::Profile) -> Result<Self, MalformedProfile> {
        Ok(Self {
            person: id(PEOPLE, &profile.person)?,
            display_name: profile.display_name,
            active: profile.active,
            posts: profile
                .posts
                .into_iter()
                .map(HeldPost::try_from)
                .collect::<Result<_, _>>()?,
            organization_revision: profile.organization_revision,
        })
    }
}

impl TryFrom<v1::HeldPost> for HeldPost {
    type Error = MalformedProfile;

    fn try_from(held: v1::HeldPost) -> Result<Self, MalformedProfile> {
        Ok(Self {
            post: held.post.try_into()?,
            unit: id(UNITS, &held.unit)?,
            team_units: units(&held.team_units)?,
            region: (!held.region.is_empty())
                .then(|| id(UNITS, &held.region))
                .transpose()?,
            region_code: held.region_code,
            region_units: units(&held.region_units)?,
            substitute: held.substitute,
        })
    }
}

impl From<&Profile> for v1::Profile {
    fn from(profile: &Profile) -> Self {
        Self {
            person: profile.name(),
            display_name: profile.display_name.clone(),
            active: profile.active,
            posts: profile.posts.iter().map(Into::into).collect(),
            organization_revision: profile.organization_revision,
        }
    }
}

impl From<&HeldPost> for v1::HeldPost {
    fn from(held: &HeldPost) -> Self {
        Self {
            post: held.post.into(),
            unit: unit_name(&held.unit),
            team_units: unit_names(&held.team_units),
            region: held.region.as_ref().map(unit_name).unwrap_or_default(),
            region_code: held.region_code.clone(),
            region_units: unit_names(&held.region_units),
            substitute: held.substitute,
        }
    }
}

fn id(collection: &'static str, name: &str) -> Result<Uuid, MalformedProfile> {
    name.strip_prefix(collection)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(|id| Uuid::try_parse(id).ok())
        .ok_or_else(|| MalformedProfile::Name(name.to_owned(), collection))
}

fn units(names: &[String]) -> Result<Arc<HashSet<Uuid>>, MalformedProfile> {
    names
        .iter()
        .map(|name| id(UNITS, name))
        .collect::<Result<_, _>>()
        .map(Arc::new)
}

fn unit_name(unit: &Uuid) -> String {
    format!("{UNITS}/{unit}")
}

/// Sorted, so that the same profile is always the same message.
fn unit_names(units: &HashSet<Uuid>) -> Vec<String> {
    let mut names: Vec<_> = units.iter().map(unit_name).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use salient_proto::access::v1;
    use uuid::Uuid;

    use super::{HeldPost, MalformedProfile, Post, Profile, UnknownPost};

    fn profile() -> Profile {
        let [region, team, other] = [2, 3, 4].map(Uuid::from_u128);
        Profile {
            person: Uuid::from_u128(1),
            display_name: "李娜".into(),
            active: true,
            posts: vec![HeldPost {
                post: Post::Supervisor,
                unit: team,
                team_units: Arc::new(HashSet::from([team])),
                region: Some(region),
                region_code: "HD".into(),
                region_units: Arc::new(HashSet::from([region, team, other])),
                substitute: true,
            }],
            organization_revision: 7,
        }
    }

    #[test]
    fn a_profile_comes_back_as_it_went() {
        let sent = v1::Profile::from(&profile());
        assert_eq!(sent.person, "employees/00000000-0000-0000-0000-000000000001");
        assert_eq!(Profile::try_from(sent), Ok(profile()));
    }

    #[test]
    fn a_post_of_the_company_itself_has_no_region() {
        let mut company = profile();
        company.posts[0].region = None;
        company.posts[0].region_units = Arc::default();
        assert_eq!(v1::Profile::from(&company).posts[0].region, "");
        assert_eq!(Profile::try_from(v1::Profile::from(&company)), Ok(company));
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        let mut sent = v1::Profile::from(&profile());
        sent.person = "customers/00000000-0000-0000-0000-000000000001".into();
        assert_eq!(
            Profile::try_from(sent.clone()),
            Err(MalformedProfile::Name(sent.person.clone(), "employees"))
        );
        sent.person = "employees/00000000-0000-0000-0000-000000000001".into();
        sent.posts[0].post = 99;
        assert_eq!(
            Profile::try_from(sent),
            Err(MalformedProfile::Post(UnknownPost(99)))
        );
    }

    #[test]
    fn holding_a_post_anywhere_is_holding_it() {
        assert!(profile().holds(Post::Supervisor));
        assert!(!profile().holds(Post::Director));
    }
}
