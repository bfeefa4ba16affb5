use std::fmt;

use salient_operation::Post;
use salient_proto::access::v1;

use super::InvalidRule;

/// Who may call a method, how far they reach, and how the call is treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodRule {
    /// The method's path. There are as many as methods, so they are kept for the life of the process.
    pub method: &'static str,
    /// The posts that may call it, each with its reach; each post once.
    pub grants: Vec<Grant>,
    /// Whether every active employee may call it, reaching what is their own.
    pub any_employee: bool,
    /// The services that may call it, by name.
    pub services: Vec<String>,
    /// Whether the call changes state.
    pub mutation: bool,
    /// Whether each call is written to the audit log.
    pub audited: bool,
}

/// That a post may call a method, and how far it reaches with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The post.
    pub post: Post,
    /// How far it reaches.
    pub scope: Scope,
}

/// How far a post reaches, from the unit in which it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// What is the caller's own.
    Own,
    /// The unit and those below it.
    Team,
    /// The region that the unit lies in.
    Region,
    /// Everything.
    Company,
}

/// What a method looks like apart from its rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    pub(super) client_streaming: bool,
    pub(super) takes_request_id: bool,
}

impl MethodRule {
    pub(super) fn new(path: String, declared: &v1::Rule, traits: Traits) -> Result<Self, InvalidRule> {
        let problem = |problem| InvalidRule::Malformed {
            method: path.clone(),
            problem,
        };
        let grants = grants(&declared.grants).map_err(problem)?;
        if grants.is_empty() && !declared.any_employee && declared.services.is_empty() {
            return Err(problem("lets nobody call it"));
        }
        // A stream's header message carries the id where the request is one; the method itself looks there.
        if declared.mutation && !traits.client_streaming && !traits.takes_request_id {
            return Err(problem(
                "says it changes state, but its request has no request_id",
            ));
        }
        Ok(Self {
            grants,
            any_employee: declared.any_employee,
            services: declared.services.clone(),
            mutation: declared.mutation,
            audited: declared.audited,
            method: path.leak(),
        })
    }

    /// The posts that may call the method, as error metadata has them: `POST_SUPERVISOR,POST_REGIONAL_MANAGER`.
    pub(crate) fn posts(&self) -> String {
        self.grants
            .iter()
            .map(|grant| grant.post.name())
            .collect::<Vec<_>>()
            .join(",")
    }
}

fn grants(declared: &[v1::Grant]) -> Result<Vec<Grant>, &'static str> {
    let mut grants: Vec<Grant> = Vec::new();
    for grant in declared {
        let scope = scope(grant.scope()).ok_or("has a grant without a scope")?;
        if grant.posts.is_empty() {
            return Err("has a grant without posts");
        }
        for post in &grant.posts {
            let post = Post::try_from(*post).map_err(|_| "grants an unset or unknown post")?;
            if grants.iter().any(|grant| grant.post == post) {
                return Err("grants the same post twice");
            }
            grants.push(Grant { post, scope });
        }
    }
    grants.sort_unstable_by_key(|grant| grant.post);
    Ok(grants)
}

fn scope(scope: v1::Scope) -> Option<Scope> {
    match scope {
        v1::Scope::Unspecified => None,
        v1::Scope::Own => Some(Scope::Own),
        v1::Scope::Team => Some(Scope::Team),
        v1::Scope::Region => Some(Scope::Region),
        v1::Scope::Company => Some(Scope::Company),
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Region => "region",
            Self::Company => "company",
        })
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::access::v1;

    use super::{InvalidRule, MethodRule, Traits};

    const READ: Traits = Traits {
        client_streaming: false,
        takes_request_id: false,
    };

    fn grant(posts: &[v1::Post], scope: v1::Scope) -> v1::Grant {
        v1::Grant {
            posts: posts.iter().map(|post| (*post).into()).collect(),
            scope: scope.into(),
        }
    }

    fn problem(rule: &v1::Rule) -> &'static str {
        match MethodRule::new("/a.B/C".into(), rule, READ) {
            Err(InvalidRule::Malformed { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        use v1::{Post::Salesperson, Scope};
        let granting = |grants| v1::Rule {
            grants,
            ..Default::default()
        };
        assert_eq!(problem(&v1::Rule::default()), "lets nobody call it");
        for (grants, expected) in [
            (
                vec![grant(&[Salesperson], Scope::Unspecified)],
                "has a grant without a scope",
            ),
            (vec![grant(&[], Scope::Own)], "has a grant without posts"),
            (
                vec![grant(&[v1::Post::Unspecified], Scope::Own)],
                "grants an unset or unknown post",
            ),
            (
                vec![
                    grant(&[Salesperson], Scope::Own),
                    grant(&[Salesperson], Scope::Team),
                ],
                "grants the same post twice",
            ),
        ] {
            assert_eq!(problem(&granting(grants)), expected);
        }
    }

    #[test]
    fn what_changes_state_takes_a_request_id() {
        let rule = v1::Rule {
            any_employee: true,
            mutation: true,
            ..Default::default()
        };
        assert!(MethodRule::new("/a.B/C".into(), &rule, READ).is_err());
        for traits in [
            Traits {
                takes_request_id: true,
                ..READ
            },
            Traits {
                client_streaming: true,
                ..READ
            },
        ] {
            assert!(
                MethodRule::new("/a.B/C".into(), &rule, traits).is_ok(),
                "{traits:?}"
            );
        }
    }
}
