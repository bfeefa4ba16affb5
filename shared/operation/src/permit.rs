use std::{collections::HashSet, sync::Arc};

use salient_failure::{Failure, Result};
use uuid::Uuid;

/// How far a caller reaches with one method: the union of what the posts that may call it reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everything in the company.
    Company,
    /// What belongs to these units, and what is the person's own wherever it belongs.
    Units {
        /// The units.
        units: Arc<HashSet<Uuid>>,
        /// The person.
        own: Uuid,
    },
    /// Only what is this person's own.
    Own(Uuid),
    /// A service of the suite, which answers itself for what it asks. Reaches everything.
    Service,
}

/// That the access layer has let a caller use a method, and how far they reach with it.
///
/// Objects are checked against it in every handler: [`Permit::check`] for one, [`Permit::reach`] as the condition of a query
/// for many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    reach: Reach,
}

impl Permit {
    /// Issues a permit. The access layer's alone, after the method's rule has let the caller in: a handler that makes its own
    /// has decided about access where nobody reviews it.
    #[must_use]
    pub const fn grant(reach: Reach) -> Self {
        Self { reach }
    }

    /// How far the caller reaches.
    #[must_use]
    pub const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Whether an object with this owner, in this unit, lies within reach.
    #[must_use]
    pub fn covers(&self, owner: Uuid, unit: Uuid) -> bool {
        match &self.reach {
            Reach::Company | Reach::Service => true,
            Reach::Units { units, own } => owner == *own || units.contains(&unit),
            Reach::Own(own) => owner == *own,
        }
    }

    /// Lets an object with this owner, in this unit, pass only if it lies within reach.
    ///
    /// # Errors
    /// OUT_OF_SCOPE, also for an object that does not exist where the caller could not see it.
    pub fn check(&self, owner: Uuid, unit: Uuid) -> Result<()> {
        if self.covers(owner, unit) {
            Ok(())
        } else {
            Err(Failure::out_of_scope())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use salient_failure::Kind;
    use uuid::Uuid;

    use super::{Permit, Reach};

    const ME: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);
    const MY_UNIT: Uuid = Uuid::from_u128(3);
    const OTHER_UNIT: Uuid = Uuid::from_u128(4);

    #[test]
    fn reach_decides_by_owner_and_unit() {
        let units = Reach::Units {
            units: Arc::new(HashSet::from([MY_UNIT])),
            own: ME,
        };
        // Each reach: mine in my unit, mine elsewhere, another's in my unit, another's elsewhere.
        for (reach, expected) in [
            (Reach::Company, [true, true, true, true]),
            (Reach::Service, [true, true, true, true]),
            (units, [true, true, true, false]),
            (Reach::Own(ME), [true, true, false, false]),
        ] {
            let permit = Permit::grant(reach);
            let objects = [
                (ME, MY_UNIT),
                (ME, OTHER_UNIT),
                (OTHER, MY_UNIT),
                (OTHER, OTHER_UNIT),
            ];
            assert_eq!(
                objects.map(|(owner, unit)| permit.covers(owner, unit)),
                expected,
                "{permit:?}"
            );
        }
    }

    #[test]
    fn beyond_reach_is_refused_with_the_documented_reason() {
        let failure = Permit::grant(Reach::Own(ME))
            .check(OTHER, MY_UNIT)
            .expect_err("another's");
        assert_eq!(failure.kind(), Kind::PermissionDenied);
        assert_eq!(failure.reason(), "ERROR_REASON_OUT_OF_SCOPE");
        assert!(Permit::grant(Reach::Own(ME)).check(ME, OTHER_UNIT).is_ok());
    }
}
