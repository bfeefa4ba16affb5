//! Whose customer it becomes: an employee, in a unit in which they hold a post.

use std::sync::Arc;

use salient_failure::Kind;
use salient_operation::{Caller, OpContext, Profile, Reach};
use uuid::Uuid;

use crate::{app::App, domain::customer::Placement, error::Error};

/// The owner and the unit that a request gives, completed: the caller where no owner is given, the owner's only unit where no
/// unit is. The caller must reach both.
///
/// Asks the directory, so it must not be called inside a transaction.
///
/// # Errors
/// OUT_OF_SCOPE; OWNER_NOT_IN_UNIT.
pub async fn resolve(
    app: &App,
    op: &OpContext,
    owner: Option<Uuid>,
    unit: Option<Uuid>,
) -> Result<Placement, Error> {
    let owner = match owner {
        Some(owner) => owner,
        None => op.person()?.person,
    };
    // Before anything about the owner is looked up, as far as it can be known by then.
    match (op.permit.reach(), unit) {
        (_, Some(unit)) => op.permit.check(owner, unit)?,
        (Reach::Own(_), None) => op.permit.check(owner, Uuid::nil())?,
        (Reach::Company | Reach::Service | Reach::Units { .. }, None) => {}
    }
    let not_in_unit = || Error::OwnerNotInUnit { owner, unit };
    let profile = profile(app, op, owner).await?.filter(|profile| profile.active);
    let profile = profile.ok_or_else(not_in_unit)?;
    let unit = match unit {
        Some(unit) => holds_post_in(&profile, unit).then_some(unit),
        None => only_unit(&profile),
    };
    let unit = unit.ok_or_else(not_in_unit)?;
    op.permit.check(owner, unit)?;
    Ok(Placement { owner, unit })
}

/// A person's profile; the caller's own is at hand.
async fn profile(app: &App, op: &OpContext, person: Uuid) -> Result<Option<Arc<Profile>>, Error> {
    if let Caller::Person(caller) = &op.caller
        && caller.person == person
    {
        return Ok(Some(Arc::clone(caller)));
    }
    match app.directory.profile(person).await {
        Ok(profile) => Ok(Some(profile)),
        Err(failure) if failure.kind() == Kind::NotFound => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn holds_post_in(profile: &Profile, unit: Uuid) -> bool {
    profile.posts.iter().any(|held| held.unit == unit)
}

/// The unit of all the person's posts, if it is one.
fn only_unit(profile: &Profile) -> Option<Uuid> {
    let mut units = profile.posts.iter().map(|held| held.unit);
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use salient_operation::{HeldPost, Post, Profile};
    use uuid::Uuid;

    use super::{holds_post_in, only_unit};

    fn in_units(units: &[u128]) -> Profile {
        let held = |unit: &u128| HeldPost {
            post: Post::Salesperson,
            unit: Uuid::from_u128(*unit),
            team_units: Arc::default(),
            region: None,
            region_code: String::new(),
            region_units: Arc::default(),
            substitute: false,
        };
        Profile {
            person: Uuid::nil(),
            display_name: String::new(),
            active: true,
            posts: units.iter().map(held).collect(),
            organization_revision: 1,
        }
    }

    #[test]
    fn the_unit_goes_without_saying_only_where_there_is_one() {
        let unit = Uuid::from_u128(1);
        assert_eq!(only_unit(&in_units(&[1])), Some(unit));
        assert_eq!(only_unit(&in_units(&[1, 1])), Some(unit), "two posts in one unit");
        assert_eq!(only_unit(&in_units(&[1, 2])), None);
        assert_eq!(only_unit(&in_units(&[])), None);
        assert!(holds_post_in(&in_units(&[2, 1]), unit));
        assert!(!holds_post_in(&in_units(&[2]), unit));
    }
}
