//! The policies that ship with the product. Each is version 1 of its kind, kept once, by whichever replica starts first; a company
//! changes it by publishing versions of its own.

use salient_database::{Connection, Database};
use salient_operation::OpContext;

use crate::{
    SERVICE,
    domain::{
        policy::{Policy, PolicyKey},
        rulebook::Rulebook,
    },
    rpc::{digest, now},
    store::{PolicyVersionRow, Query, policy_ship},
};

macro_rules! shipped {
    ($($kind:literal),+ $(,)?) => {
        [$(($kind, include_str!(concat!("../policies/", $kind, ".toml")))),+]
    };
}

/// Each kind, and its policy as TOML; in the order of the clauses.
const SHIPPED: [(&str, &str); 14] = shipped![
    "annual-sales-target",
    "regional-annual-plan",
    "plan-adjustment",
    "partner-admission",
    "partner-agreement",
    "partner-termination",
    "contract",
    "contract-change",
    "contract-termination",
    "expense-budget",
    "expense-reimbursement",
    "budget-overspend",
    "budget-transfer",
    "evaluation-result",
];

/// Keeps the shipped policies where their kinds have none. Says so where one of them names a participant that this deployment has
/// no address of: every sign-off of the kind would wait for it.
///
/// # Errors
/// A file that is not a sound policy; where the database cannot be asked.
pub async fn ship(database: &Database, peers: &[String]) -> anyhow::Result<()> {
    let op = OpContext::background(SERVICE, "start");
    for (kind, text) in SHIPPED {
        let policy: Policy = toml::from_str(text)?;
        let key = PolicyKey {
            kind: kind.to_owned(),
            version: 1,
        };
        if let Err(mistakes) = Rulebook::new(key.clone(), policy.clone()) {
            anyhow::bail!("the policy that ships for {kind} is not sound: {mistakes:?}");
        }
        for participant in policy
            .participants
            .iter()
            .filter(|participant| !peers.contains(participant))
        {
            tracing::warn!(
                kind,
                participant,
                "peers.{participant}: is not set, and sign-offs need it"
            );
        }
        let row = PolicyVersionRow {
            key,
            digest: digest(&policy)?,
            policy,
            publisher: op.actor(),
            publish_time: now(),
        };
        let keep = async move |connection: &mut Connection| policy_ship(connection, row).await;
        if database.write(&op, Query::PolicyShip, keep).await? {
            tracing::info!(kind, "shipped policy published");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use salient_operation::Post;

    use super::*;
    use crate::domain::policy::Selector;

    /// The table at the end of the clauses: the order of sign-off of each kind.
    #[rustfmt::skip]
    const TABLE: [(&str, &[Post]); SHIPPED.len()] = [
        ("annual-sales-target", &[Post::CompanyManagement]),
        ("regional-annual-plan", &[Post::CompanyManagement]),
        ("plan-adjustment", &[Post::Director, Post::CompanyManagement]),
        ("partner-admission", &[Post::RegionalManager, Post::Director]),
        ("partner-agreement", &[Post::RegionalManager, Post::Director]),
        ("partner-termination", &[Post::RegionalManager, Post::Director]),
        ("contract", &[Post::Supervisor, Post::RegionalManager]),
        ("contract-change", &[Post::Supervisor, Post::RegionalManager, Post::CompanyManagement]),
        ("contract-termination", &[Post::Supervisor, Post::RegionalManager, Post::Finance, Post::CompanyManagement]),
        ("expense-budget", &[Post::Finance, Post::CompanyManagement]),
        ("expense-reimbursement", &[Post::Supervisor, Post::RegionalManager, Post::Finance]),
        ("budget-overspend", &[Post::Finance, Post::CompanyManagement]),
        ("budget-transfer", &[Post::Finance, Post::CompanyManagement]),
        ("evaluation-result", &[Post::Director, Post::CompanyManagement]),
    ];

    #[test]
    fn the_shipped_policies_are_the_table_of_the_clauses() {
        for ((kind, text), (expected, posts)) in SHIPPED.into_iter().zip(TABLE) {
            assert_eq!(kind, expected);
            let policy: Policy = toml::from_str(text).unwrap_or_else(|error| panic!("{kind}: {error}"));
            let asked: Vec<_> = policy
                .steps
                .iter()
                .map(|step| match step.approvers.as_slice() {
                    [only] => only.selector.clone(),
                    approvers => panic!("{kind}: {approvers:?}"),
                })
                .collect();
            assert_eq!(
                asked,
                posts.iter().copied().map(Selector::Post).collect::<Vec<_>>(),
                "{kind}"
            );
            let key = PolicyKey {
                kind: kind.to_owned(),
                version: 1,
            };
            assert!(Rulebook::new(key, policy).is_ok(), "{kind}");
        }
    }

    #[test]
    fn every_file_ships() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")).unwrap();
        assert_eq!(folder.count(), SHIPPED.len());
    }
}
