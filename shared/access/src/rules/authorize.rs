//! From who calls and the posts they hold to how far they reach.

use std::{collections::HashSet, sync::Arc};

use salient_failure::{Failure, Kind, Result};
use salient_operation::{Caller, HeldPost, Permit, Profile, Reach};
use salient_proto::access::v1::ErrorReason;
use uuid::Uuid;

use super::{MethodRule, Scope};

impl MethodRule {
    /// Lets a caller in, and says how far they reach: the union of what their posts that may call the method reach.
    ///
    /// # Errors
    /// PERSON_INACTIVE, or POST_REQUIRED with the method and the posts that may call it.
    pub fn authorize(&self, caller: &Caller) -> Result<Permit> {
        let reach = match caller {
            Caller::Service(name) => self
                .services
                .iter()
                .any(|service| service == name)
                .then_some(Reach::Service),
            Caller::Person(profile) if !profile.active => {
                let failure = Failure::new(Kind::PermissionDenied, ErrorReason::PersonInactive);
                return Err(failure.with("person", profile.name()));
            }
            Caller::Person(profile) => self.reach(profile),
        };
        reach.map(Permit::grant).ok_or_else(|| {
            Failure::new(Kind::PermissionDenied, ErrorReason::PostRequired)
                .with("method", self.method)
                .with("posts", self.posts())
        })
    }

    /// How far a person reaches; `None` where nothing lets them in.
    fn reach(&self, profile: &Profile) -> Option<Reach> {
        let mut let_in = self.any_employee;
        let mut sets: Vec<&Arc<HashSet<Uuid>>> = Vec::new();
        for held in &profile.posts {
            let Some(scope) = self.scope_of(held) else {
                continue;
            };
            let_in = true;
            match scope {
                Scope::Company => return Some(Reach::Company),
                // Outside every region the set is empty: such a post reaches its holder's own work and no more.
                Scope::Region => sets.push(&held.region_units),
                Scope::Team => sets.push(&held.team_units),
                Scope::Own => {}
            }
        }
        let_in.then(|| match union(&sets) {
            Some(units) => Reach::Units {
                units,
                own: profile.person,
            },
            None => Reach::Own(profile.person),
        })
    }

    fn scope_of(&self, held: &HeldPost) -> Option<Scope> {
        self.grants
            .iter()
            .find(|grant| grant.post == held.post)
            .map(|grant| grant.scope)
    }
}

/// The sets as one; `None` where they hold nothing. Usually there is one set, and then it is shared and not copied.
fn union(sets: &[&Arc<HashSet<Uuid>>]) -> Option<Arc<HashSet<Uuid>>> {
    let widest = sets
        .iter()
        .max_by_key(|set| set.len())
        .filter(|set| !set.is_empty())?;
    if sets.iter().all(|set| set.is_subset(widest)) {
        return Some(Arc::clone(widest));
    }
    Some(Arc::new(
        sets.iter().flat_map(|set| set.iter().copied()).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use salient_failure::Locale;
    use salient_operation::{Caller, HeldPost, Post, Profile, Reach};
    use tonic_types::StatusExt as _;
    use uuid::Uuid;

    use crate::rules::{Grant, MethodRule, Scope};

    const ME: Uuid = Uuid::from_u128(1);
    const REGION: Uuid = Uuid::from_u128(10);
    const TEAM: Uuid = Uuid::from_u128(11);
    const OTHER_TEAM: Uuid = Uuid::from_u128(12);
    const FAR_TEAM: Uuid = Uuid::from_u128(20);

    fn units<const N: usize>(units: [Uuid; N]) -> Arc<HashSet<Uuid>> {
        Arc::new(HashSet::from(units))
    }

    fn held(post: Post, team: Uuid) -> HeldPost {
        HeldPost {
            post,
            unit: team,
            team_units: units([team]),
            region: Some(REGION),
            region_code: "HD".into(),
            region_units: units([REGION, TEAM, OTHER_TEAM]),
            substitute: false,
        }
    }

    fn person(posts: Vec<HeldPost>) -> Caller {
        Caller::Person(Arc::new(Profile {
            person: ME,
            display_name: "李娜".into(),
            active: true,
            posts,
            organization_revision: 1,
        }))
    }

    fn rule() -> MethodRule {
        let grant = |post, scope| Grant { post, scope };
        MethodRule {
            method: "/a.B/C",
            grants: vec![
                grant(Post::Salesperson, Scope::Own),
                grant(Post::Supervisor, Scope::Team),
                grant(Post::RegionalManager, Scope::Region),
                grant(Post::Director, Scope::Company),
            ],
            any_employee: false,
            services: vec!["contracts".into()],
            mutation: false,
            audited: false,
        }
    }

    fn reach(posts: Vec<HeldPost>) -> Reach {
        rule().authorize(&person(posts)).expect("let in").reach().clone()
    }

    #[test]
    fn each_scope_reaches_what_it_says() {
        assert_eq!(reach(vec![held(Post::Salesperson, TEAM)]), Reach::Own(ME));
        assert_eq!(
            reach(vec![held(Post::Supervisor, TEAM)]),
            Reach::Units {
                units: units([TEAM]),
                own: ME
            }
        );
        assert_eq!(
            reach(vec![held(Post::RegionalManager, REGION)]),
            Reach::Units {
                units: units([REGION, TEAM, OTHER_TEAM]),
                own: ME
            }
        );
        assert_eq!(reach(vec![held(Post::Director, TEAM)]), Reach::Company);
    }

    #[test]
    fn several_posts_reach_the_union() {
        let both = reach(vec![
            held(Post::Supervisor, TEAM),
            held(Post::Supervisor, FAR_TEAM),
        ]);
        assert_eq!(
            both,
            Reach::Units {
                units: units([TEAM, FAR_TEAM]),
                own: ME
            }
        );
        let within = reach(vec![
            held(Post::Supervisor, TEAM),
            held(Post::RegionalManager, REGION),
        ]);
        assert_eq!(
            within,
            Reach::Units {
                units: units([REGION, TEAM, OTHER_TEAM]),
                own: ME
            }
        );
        assert_eq!(
            reach(vec![held(Post::Salesperson, TEAM), held(Post::Director, TEAM)]),
            Reach::Company
        );
    }

    #[test]
    fn one_set_is_shared_and_not_copied() {
        let post = held(Post::Supervisor, TEAM);
        let set = Arc::clone(&post.team_units);
        let Reach::Units { units, .. } = reach(vec![post]) else {
            panic!("units expected")
        };
        assert!(Arc::ptr_eq(&units, &set));
    }

    #[test]
    fn a_regional_reach_outside_every_region_is_ones_own() {
        let mut post = held(Post::RegionalManager, TEAM);
        (post.region, post.region_units) = (None, Arc::default());
        assert_eq!(reach(vec![post]), Reach::Own(ME));
    }

    #[test]
    fn without_one_of_the_posts_nobody_gets_in() {
        for caller in [
            person(vec![held(Post::Analyst, TEAM)]),
            person(Vec::new()),
            Caller::Service("customers".into()),
        ] {
            let failure = rule().authorize(&caller).expect_err("refused");
            assert_eq!(failure.reason(), "ERROR_REASON_POST_REQUIRED");
            let info = failure
                .into_status(Locale::English)
                .get_details_error_info()
                .expect("ErrorInfo");
            assert_eq!(info.metadata["method"], "/a.B/C");
            assert_eq!(
                info.metadata["posts"],
                "POST_SALESPERSON,POST_SUPERVISOR,POST_REGIONAL_MANAGER,POST_DIRECTOR"
            );
        }
    }

    #[test]
    fn any_employee_reaches_their_own_and_no_more() {
        let rule = MethodRule {
            grants: Vec::new(),
            any_employee: true,
            ..rule()
        };
        let permit = rule
            .authorize(&person(vec![held(Post::Director, TEAM)]))
            .expect("let in");
        assert_eq!(permit.reach(), &Reach::Own(ME));
        assert!(rule.authorize(&Caller::Service("customers".into())).is_err());
    }

    #[test]
    fn a_named_service_reaches_as_itself() {
        let permit = rule()
            .authorize(&Caller::Service("contracts".into()))
            .expect("let in");
        assert_eq!(permit.reach(), &Reach::Service);
    }

    #[test]
    fn an_inactive_person_may_do_nothing() {
        let Caller::Person(profile) = person(vec![held(Post::Director, TEAM)]) else {
            unreachable!()
        };
        let inactive = Caller::Person(Arc::new(Profile {
            active: false,
            ..(*profile).clone()
        }));
        let failure = rule().authorize(&inactive).expect_err("refused");
        assert_eq!(failure.reason(), "ERROR_REASON_PERSON_INACTIVE");
        let info = failure
            .into_status(Locale::English)
            .get_details_error_info()
            .expect("ErrorInfo");
        assert_eq!(info.metadata["person"], format!("employees/{ME}"));
    }
}
