//! What people do with the suite, in acts that are played again and again, each with subjects of its own and to their end. Together
//! they pass every point that there is.

mod archive;
mod machine;
mod organization;
mod policies;
mod rearranged;
mod sign_offs;

use std::time::{Duration, Instant};

use salient_proto::contracts::v1::Contract;
use salient_tests::{
    company::Department,
    contract::{contract_over, money},
};

use crate::house::House;

/// How long something may take that happens behind the scenes.
const PATIENCE: Duration = Duration::from_secs(60);

/// An act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// A contract is approved, signed and archived (P6.1).
    Approved,
    /// One is rejected.
    Rejected,
    /// One is returned, changed, submitted again and approved.
    Returned,
    /// One is withdrawn and given up.
    Withdrawn,
    /// One is edited while people are asked.
    Edited,
    /// One goes beyond its customer's credit.
    Refused,
    /// Time passes, and who was asked is reminded.
    Reminded,
    /// Who was asked leaves.
    Vacant,
    /// A policy is paused, and resumed.
    Paused,
    /// Policies are drafted.
    Drafts,
    /// Policies are published, imported and retired.
    Published,
    /// Customers are recorded, changed, graded, deleted.
    Archive,
    /// Units are opened, moved, closed.
    Units,
    /// People are hired, appointed, and leave.
    People,
    /// A replica is killed at the worst of times, and comes back.
    Interrupted,
    /// Tasks change hands, opinions are asked for, signers come and go.
    Rearranged,
    /// An administrator ends a sign-off that was talked about.
    Cancelled,
    /// Somebody is away.
    Deputed,
}

impl Act {
    /// What it may leave or not: a contract that is edited hears that its sign-off was superseded before the edit is saved, and so that
    /// it ended, or afterwards.
    pub fn either(self) -> Option<&'static str> {
        match self {
            Self::Edited => Some("salient.contracts.v1.ContractSignOffEnded"),
            _ => None,
        }
    }
}

/// All of them.
pub const ACTS: [Act; 18] = [
    Act::Approved,
    Act::Rejected,
    Act::Returned,
    Act::Withdrawn,
    Act::Edited,
    Act::Refused,
    Act::Reminded,
    Act::Vacant,
    Act::Paused,
    Act::Drafts,
    Act::Published,
    Act::Archive,
    Act::Units,
    Act::People,
    Act::Interrupted,
    Act::Rearranged,
    Act::Cancelled,
    Act::Deputed,
];

/// Where an act is played.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    pub house: &'a House,
    pub department: &'a Department,
}

impl Stage<'_> {
    /// Plays an act to its end.
    pub async fn play(self, act: Act) {
        match act {
            Act::Approved => sign_offs::approved(self).await,
            Act::Rejected => sign_offs::rejected(self).await,
            Act::Returned => sign_offs::returned(self).await,
            Act::Withdrawn => sign_offs::withdrawn(self).await,
            Act::Edited => sign_offs::edited(self).await,
            Act::Refused => sign_offs::refused(self).await,
            Act::Reminded => sign_offs::reminded(self).await,
            Act::Vacant => sign_offs::vacant(self).await,
            Act::Paused => policies::paused(self).await,
            Act::Drafts => policies::drafts(self).await,
            Act::Published => policies::published(self).await,
            Act::Archive => archive::archive(self).await,
            Act::Units => organization::units(self).await,
            Act::People => organization::people(self).await,
            Act::Interrupted => machine::interrupted(self).await,
            Act::Rearranged => rearranged::rearranged(self).await,
            Act::Cancelled => rearranged::cancelled(self).await,
            Act::Deputed => rearranged::deputed(self).await,
        }
    }

    /// A customer of the salesperson's, who may owe this much.
    async fn customer(&self, limit: i64) -> String {
        let name = format!("客户 {}", unique());
        let department = self.department;
        let customer = department.salesperson.customer(&name, &department.team).await;
        department
            .finance
            .limit(&customer.name, money(limit.into(), "CNY"))
            .await;
        customer.name
    }

    /// A contract of the salesperson's that was submitted.
    async fn submitted(&self, customer: &str, price: i64) -> Contract {
        let salesperson = &self.department.salesperson;
        let draft = contract_over(customer, price.into());
        let draft = salesperson.draft(draft).await.unwrap();
        salesperson.submit(&draft.name).await.unwrap()
    }
}

/// Something that nothing else is called.
fn unique() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Waits for something that has to happen.
async fn until(happened: impl AsyncFn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !happened().await {
        assert!(Instant::now() < end, "it never happened");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
