//! Who is asked in a step: the organisation's ladders, and the rules for vacancies and for submitters who would decide their own.

use std::collections::HashMap;

use salient_operation::Post;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    approval::{ResolvedApprover, Seat},
    policy::{EmptyApprover, Selector, Step, post_name},
};

/// The holders of one post in one unit, or a person named outright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// The post and unit; `None` for a person named outright.
    pub seat: Option<Seat>,
    /// Who; empty where it is vacant.
    pub holders: Vec<Holder>,
}

/// A person on a rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person.
    pub employee: Uuid,
    /// The person's name.
    pub display_name: String,
    /// Whether the person stands in.
    pub substitute: bool,
}

/// For each selector whom to ask, and whom to ask instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladders {
    /// The rungs of each, from the one asked for upwards.
    pub rungs: HashMap<Selector, Vec<Rung>>,
    /// The organisation's revision that all of them were read from.
    pub revision: i64,
}

/// Who is asked, and how they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Who, in the selectors' order, each person once. Empty where a selector found nobody: then nobody is asked, because a
    /// step that asks only some of its approvers would pass the others silently.
    pub approvers: Vec<ResolvedApprover>,
    /// How they were found, for a person to read.
    pub trace: Vec<String>,
}

/// Finds who is asked in a step; `chosen` are those whom the approver of the step before chose.
///
/// On each ladder, the submitter is passed over: those beside them on the rung are asked, else the rung above. A rung that is
/// vacant is passed over only where the step's rule is to escalate.
#[must_use]
pub fn resolve(step: &Step, ladders: &Ladders, chosen: &[Holder], submitter: Uuid) -> Resolution {
    let mut resolution = Resolution {
        approvers: Vec::new(),
        trace: Vec::new(),
    };
    for approver in &step.approvers {
        let choice;
        let rungs = if let Selector::PreviousChoice(_) = approver.selector {
            choice = [Rung {
                seat: None,
                holders: chosen.to_vec(),
            }];
            &choice[..]
        } else {
            let ladder = ladders.rungs.get(&approver.selector);
            ladder.map_or(&[][..], Vec::as_slice)
        };
        let found = climb(rungs, step.empty_approver, submitter, &mut resolution.trace);
        let Some(rung) = found else {
            resolution.trace.push("nobody was found".to_owned());
            resolution.approvers.clear();
            return resolution;
        };
        let holders = rung.holders.iter().filter(|holder| holder.employee != submitter);
        for holder in holders {
            add(&mut resolution.approvers, holder, rung.seat, approver.weight);
        }
    }
    resolution
}

fn climb<'a>(
    rungs: &'a [Rung],
    rule: EmptyApprover,
    submitter: Uuid,
    trace: &mut Vec<String>,
) -> Option<&'a Rung> {
    for rung in rungs {
        let place = describe(rung);
        if rung.holders.is_empty() {
            match rule {
                EmptyApprover::Suspend => {
                    trace.push(format!("{place} is vacant, and the policy names nobody instead"));
                    return None;
                }
                EmptyApprover::Escalate => trace.push(format!("{place} is vacant: the superior is asked")),
            }
        } else if rung.holders.iter().all(|holder| holder.employee == submitter) {
            trace.push(format!("{place} is held by the submitter: the superior is asked"));
        } else {
            trace.push(format!("{place} is asked"));
            return Some(rung);
        }
    }
    None
}

fn describe(rung: &Rung) -> String {
    match rung.seat {
        Some(Seat { post, unit }) => format!("{} in orgUnits/{unit}", name(post)),
        None => "whoever was named".to_owned(),
    }
}

fn name(post: Post) -> &'static str {
    post_name::of(post)
}

/// Adds a person, who votes once and with the larger weight if found twice.
fn add(approvers: &mut Vec<ResolvedApprover>, holder: &Holder, seat: Option<Seat>, weight: i32) {
    if let Some(known) = approvers
        .iter_mut()
        .find(|known| known.employee == holder.employee)
    {
        known.weight = known.weight.max(weight);
        return;
    }
    approvers.push(ResolvedApprover {
        employee: holder.employee,
        display_name: holder.display_name.clone(),
        seat,
        substitute: holder.substitute,
        weight,
        stands_for: Vec::new(),
        added: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{mode::Mode, policy::Approver};

    const SUBMITTER: Uuid = Uuid::from_u128(1);
    const UNIT: Uuid = Uuid::from_u128(100);

    fn rung(post: Post, holders: &[u128]) -> Rung {
        let holder = |id: &u128| Holder {
            employee: Uuid::from_u128(*id),
            display_name: id.to_string(),
            substitute: false,
        };
        Rung {
            seat: Some(Seat { post, unit: UNIT }),
            holders: holders.iter().map(holder).collect(),
        }
    }

    fn resolve_with(rule: EmptyApprover, ladder: &[&[u128]]) -> Vec<u128> {
        let rungs = ladder
            .iter()
            .map(|holders| rung(Post::Supervisor, holders))
            .collect();
        let selector = Selector::Post(Post::Supervisor);
        let step = Step {
            id: "review".into(),
            title: "Review".into(),
            mode: Mode::All,
            threshold: None,
            approvers: vec![Approver {
                selector: selector.clone(),
                weight: 1,
            }],
            condition: String::new(),
            checklist: Vec::new(),
            empty_approver: rule,
            return_targets: Vec::new(),
            service: None,
            deadline: None,
        };
        let ladders = Ladders {
            rungs: HashMap::from([(selector, rungs)]),
            revision: 1,
        };
        let resolution = resolve(&step, &ladders, &[], SUBMITTER);
        assert!(!resolution.trace.is_empty());
        resolution
            .approvers
            .iter()
            .map(|approver| approver.employee.as_u128())
            .collect()
    }

    #[test]
    fn the_first_rung_is_asked() {
        assert_eq!(resolve_with(EmptyApprover::Suspend, &[&[2, 3], &[4]]), [2, 3]);
    }

    #[test]
    fn a_submitter_never_decides_their_own() {
        for rule in [EmptyApprover::Suspend, EmptyApprover::Escalate] {
            assert_eq!(resolve_with(rule, &[&[1], &[4]]), [4]);
            assert_eq!(resolve_with(rule, &[&[1, 2], &[4]]), [2]);
            assert_eq!(resolve_with(rule, &[&[1]]), [0; 0]);
        }
    }

    #[test]
    fn a_vacancy_suspends_or_escalates_as_the_policy_says() {
        assert_eq!(resolve_with(EmptyApprover::Suspend, &[&[], &[4]]), [0; 0]);
        assert_eq!(resolve_with(EmptyApprover::Escalate, &[&[], &[4]]), [4]);
        assert_eq!(resolve_with(EmptyApprover::Suspend, &[&[1], &[], &[4]]), [0; 0]);
        assert_eq!(resolve_with(EmptyApprover::Escalate, &[&[], &[1], &[]]), [0; 0]);
    }

    #[test]
    fn one_selector_without_anybody_stops_the_step() {
        let supervisor = Selector::Post(Post::Supervisor);
        let finance = Selector::Post(Post::Finance);
        let mut step: Step = toml::from_str("id = 'a'\ntitle = 'A'\nmode = 'ALL'").unwrap();
        step.approvers = vec![
            Approver {
                selector: supervisor.clone(),
                weight: 1,
            },
            Approver {
                selector: finance.clone(),
                weight: 1,
            },
        ];
        let mut ladders = Ladders {
            rungs: HashMap::from([(supervisor, vec![rung(Post::Supervisor, &[2])])]),
            revision: 1,
        };
        assert_eq!(resolve(&step, &ladders, &[], SUBMITTER).approvers, []);
        ladders.rungs.insert(finance, vec![rung(Post::Finance, &[2, 5])]);
        let approvers = resolve(&step, &ladders, &[], SUBMITTER).approvers;
        assert_eq!(approvers.len(), 2, "somebody found twice is asked once");
    }
}
