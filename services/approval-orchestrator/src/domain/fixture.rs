//! A small company for the domain's tests: people 1 to 9, a policy of two steps, a submitted contract.

use std::collections::HashMap;

use jiff::Timestamp;
use salient_operation::Post;
use uuid::Uuid;

use super::{
    approval::{Approval, Seat, Subject},
    facts::{FactValue, Facts},
    policy::{Policy, PolicyKey, Selector},
    resolution::{Holder, Ladders, Rung},
    rulebook::Rulebook,
    submit::{self, Submission},
    work::{Changes, Desk},
};

pub const UNIT: Uuid = Uuid::from_u128(100);
pub const SUBMITTER: Uuid = Uuid::from_u128(1);

pub fn now() -> Timestamp {
    Timestamp::from_second(1_764_000_000).unwrap()
}

pub fn rulebook(toml: &str) -> Rulebook {
    let policy: Policy = toml::from_str(toml).unwrap();
    Rulebook::new(
        PolicyKey {
            kind: "contract".into(),
            version: 1,
        },
        policy,
    )
    .unwrap()
}

/// A ladder per post, each rung's holders by number.
pub fn ladders(posts: &[(Post, &[&[u128]])]) -> Ladders {
    let rungs = |post: Post, ladder: &[&[u128]]| {
        ladder
            .iter()
            .map(|holders| Rung {
                seat: Some(Seat { post, unit: UNIT }),
                holders: holders
                    .iter()
                    .map(|id| Holder {
                        employee: Uuid::from_u128(*id),
                        display_name: format!("person {id}"),
                        substitute: false,
                    })
                    .collect(),
            })
            .collect()
    };
    let ladder = |(post, ladder): &(Post, &[&[u128]])| (Selector::Post(*post), rungs(*post, ladder));
    Ladders {
        rungs: posts.iter().map(ladder).collect::<HashMap<_, _>>(),
        revision: 1,
    }
}

pub fn submission(round: i64) -> Submission {
    Submission {
        approval: Uuid::from_u128(7000),
        round,
        subject: Subject {
            kind: "contract".into(),
            name: "contracts/1".into(),
            service: "contracts".into(),
            version: round,
            digest: vec![u8::try_from(round).unwrap(); 32],
        },
        title: "HT-1".into(),
        submitter: SUBMITTER,
        unit: UNIT,
        account: "customers/1".into(),
        facts: Facts(
            [(
                "amount".to_owned(),
                FactValue::Money {
                    amount: "1000.00".parse().unwrap(),
                    currency: "CNY".into(),
                },
            )]
            .into(),
        ),
        comment: "please".into(),
    }
}

/// Two steps: a supervisor (2) with a checklist of one item, then the region's managers (3 and 4).
pub const TWO_STEPS: &str = r#"
    title = "Contract"
    facts = [{ name = "amount", type = "MONEY" }]
    same_person = "CARRY_OVER"
    [[steps]]
    id = "review"
    title = "Review"
    mode = "ANY"
    approvers = [{ post = "SUPERVISOR" }]
    checklist = [{ id = "amount", title = "Amount" }]
    [[steps]]
    id = "approval"
    title = "Approval"
    mode = "ALL"
    approvers = [{ post = "REGIONAL_MANAGER" }]
    return_targets = ["review"]
"#;

pub fn company() -> Ladders {
    ladders(&[
        (Post::Supervisor, &[&[2], &[3, 4]]),
        (Post::RegionalManager, &[&[3, 4], &[5]]),
    ])
}

pub fn submitted() -> (Approval, Changes) {
    let rulebook = rulebook(TWO_STEPS);
    let ladders = company();
    let desk = Desk {
        rulebook: &rulebook,
        ladders: Some(&ladders),
        working_times: None,
        deputies: None,
        now: now(),
    };
    submit::open(submission(1), desk).unwrap()
}
