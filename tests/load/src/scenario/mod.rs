//! What is measured: calls of the public API, as an internal application makes them.

mod create;
mod inbox;
mod read;
mod sign_off;

use std::sync::Arc;

use clap::ValueEnum;
use serde::Serialize;

pub use self::{
    create::{create, draft},
    inbox::inbox,
    read::read,
    sign_off::{Stages, Waits, sign_off, submit},
};
use crate::{
    caller::Connections,
    company::{Company, Desk},
};

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// CreateContract.
    Create,
    /// GetContract.
    Read,
    /// ListTasks, a page of a full inbox.
    Inbox,
    /// From SubmitContract over two decisions to the approved contract.
    SignOff,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Inbox, Self::SignOff];

    /// For people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Create => "contract creation",
            Self::Read => "contract read",
            Self::Inbox => "inbox page",
            Self::SignOff => "whole sign-off",
        }
    }

    /// How many gRPC calls it needs, also between services. A sign-off: the client's submission, two looks into an inbox, two
    /// decisions and a look at the contract; the look-up of the customer, the request, reservation, confirmation and outcome
    /// between the services.
    #[must_use]
    pub const fn calls(self) -> u32 {
        match self {
            Self::Create | Self::Read | Self::Inbox => 1,
            Self::SignOff => 11,
        }
    }
}

/// Whom and what the scenarios are played with.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Who sells to whom.
    pub company: Arc<Company>,
    /// Through which calls go.
    pub connections: Connections,
}

impl Stage {
    /// Connects so many clients.
    ///
    /// # Errors
    /// Where a service does not answer.
    pub async fn open(company: &Arc<Company>, clients: usize) -> anyhow::Result<Self> {
        let connections = Connections::open(company, clients).await?;
        Ok(Self {
            company: Arc::clone(company),
            connections,
        })
    }

    /// One of the desks, in turn.
    #[must_use]
    pub fn desk(&self, turn: usize) -> &Desk {
        &self.company.desks[turn % self.company.desks.len()]
    }
}

/// A new idempotency key.
fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}
