//! The SQL round trips of each RPC, counted by the proxy while one client makes calls one after the other.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use salient_proto::contracts::v1::Contract;
use serde::Serialize;
use tokio::time::sleep;

use crate::{
    median::median,
    pace::Wait,
    proxy::Trips,
    scenario::{Stage, Stages, Waits, create, inbox, read, sign_off},
    stock::Drafts,
};

/// Calls before counting, until every connection has its statements prepared; then those that are counted.
const CALLS: (usize, usize) = (60, 31);
/// The same for sign-offs.
const SIGN_OFFS: (usize, usize) = (40, 15);
/// Longer than services take for what they do among themselves.
const PAUSE: Duration = Duration::from_millis(150);

/// The SQL round trips of an RPC, or of all that make a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundTrips {
    /// Which.
    pub rpc: &'static str,
    /// Those of the calls themselves.
    pub calls: u64,
    /// Those of the relay and of the numbering of events, which follow in their own time.
    pub relay: u64,
}

/// The names under which sign-offs are counted, in the order in which they are told.
const COUNTED: [&str; 7] = [
    "CreateContract",
    "GetContract",
    "ListTasks",
    "SubmitContract",
    "ApproveTask (review)",
    "ApproveTask (approval)",
    "whole sign-off",
];

/// Counts. The services' connections have to go through the proxy whose log this is.
///
/// # Errors
/// What a call fails with.
pub async fn count(stage: &Stage, contracts: &[Contract], trips: &Trips) -> anyhow::Result<Vec<RoundTrips>> {
    let windows = Windows {
        trips,
        seen: Mutex::default(),
    };
    for (turn, contract) in contracts.iter().cycle().take(CALLS.0 + CALLS.1).enumerate() {
        let counts = turn >= CALLS.0;
        windows
            .around(counts, "CreateContract", create(stage, 0, turn))
            .await?;
        windows
            .around(counts, "GetContract", read(stage, 0, contract))
            .await?;
        windows.around(counts, "ListTasks", inbox(stage, 0)).await?;
    }
    let drafts = Drafts::make(stage, SIGN_OFFS.0 + SIGN_OFFS.1).await?;
    let quick = Waits::like(Wait::learning);
    for _ in 0..SIGN_OFFS.0 {
        let (turn, draft) = drafts.take()?;
        sign_off(stage, 0, stage.desk(turn), draft, &quick, &()).await?;
    }
    let patient = Waits::like(|| Wait::fixed(PAUSE));
    for _ in 0..SIGN_OFFS.1 {
        let (turn, draft) = drafts.take()?;
        // What services do among themselves comes to its end within the pause, before and after.
        sleep(PAUSE).await;
        windows.before("whole sign-off");
        sign_off(stage, 0, stage.desk(turn), draft, &patient, &windows).await?;
        sleep(PAUSE).await;
        windows.after("whole sign-off");
    }
    Ok(windows.medians())
}

/// Between which places of the log something went on.
#[derive(Debug, Clone, Copy)]
struct Window {
    rpc: &'static str,
    from: usize,
    to: Option<usize>,
}

struct Windows<'a> {
    trips: &'a Trips,
    seen: Mutex<Vec<Window>>,
}

impl Stages for Windows<'_> {
    fn before(&self, rpc: &'static str) {
        let window = Window {
            rpc,
            from: self.trips.len(),
            to: None,
        };
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(window);
    }

    fn after(&self, rpc: &'static str) {
        let here = self.trips.len();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = seen.iter_mut().rev().find(|window| window.rpc == rpc) {
            window.to = Some(here);
        }
    }
}

impl Windows<'_> {
    async fn around(
        &self,
        counts: bool,
        rpc: &'static str,
        call: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        if !counts {
            return call.await;
        }
        self.before(rpc);
        call.await?;
        self.after(rpc);
        Ok(())
    }

    fn medians(&self) -> Vec<RoundTrips> {
        let relay = self.trips.of_relay();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        medians(&seen, &relay)
    }
}

fn medians(windows: &[Window], of_relay: &[bool]) -> Vec<RoundTrips> {
    let counted = COUNTED.into_iter().filter_map(|rpc| {
        let parts = windows.iter().filter(|window| window.rpc == rpc);
        let parts: Vec<&[bool]> = parts
            .filter_map(|window| of_relay.get(window.from..window.to?))
            .collect();
        let count = |is_relays: bool| {
            let counts = parts
                .iter()
                .map(|part| part.iter().filter(|relays| **relays == is_relays).count() as u64);
            median(counts.collect())
        };
        Some(RoundTrips {
            rpc,
            calls: count(false)?,
            relay: count(true)?,
        })
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::{RoundTrips, Window, medians};

    #[test]
    fn medians_are_told_of_what_went_on_within_windows() {
        let of_relay = [false, false, true, false, true, true, false, false];
        let window = |from, to| Window {
            rpc: "GetContract",
            from,
            to: Some(to),
        };
        let windows = [
            window(0, 1),
            window(1, 4),
            window(6, 7),
            Window {
                rpc: "ListTasks",
                from: 7,
                to: None,
            },
        ];
        let counted = medians(&windows, &of_relay);
        assert_eq!(
            counted,
            [RoundTrips {
                rpc: "GetContract",
                calls: 1,
                relay: 0
            }]
        );
    }
}
