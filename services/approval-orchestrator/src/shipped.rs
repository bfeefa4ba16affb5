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

/// Each kind, and its policy as TOML.
const SHIPPED: [(&str, &str); 1] = [("contract", include_str!("../policies/contract.toml"))];

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
        if database.read(&op, Query::PolicyShip, keep).await? {
            tracing::info!(kind, "shipped policy published");
        }
    }
    Ok(())
}
