//! The round trips that were seen, and which of them belong to calls.

use std::sync::{Mutex, PoisonError};

/// What only the relay and the numbering of events say: they follow calls, in their own time and many calls at once.
const RELAY: [&str; 2] = ["feed_head", "DELETE FROM outbox"];

/// One round trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// The role that the connection belongs to.
    pub role: String,
    /// Which connection.
    pub connection: usize,
    /// The statement, or the last of those that were sent together.
    pub statement: String,
}

/// The log of all of them, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct Trips(Mutex<Vec<Trip>>);

impl Trips {
    pub(super) fn push(&self, trip: Trip) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(trip);
    }

    /// How many there are by now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// For each whether it is the relay's or the numbering's.
    #[must_use]
    pub fn of_relay(&self) -> Vec<bool> {
        of_relay(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A transaction is the relay's as a whole: also its BEGIN, which says nothing.
fn of_relay(trips: &[Trip]) -> Vec<bool> {
    let mut relays = vec![false; trips.len()];
    let mut open: std::collections::HashMap<usize, Vec<usize>> = Default::default();
    for (index, trip) in trips.iter().enumerate() {
        let says_so = RELAY.iter().any(|text| trip.statement.contains(text));
        let Some(transaction) = open.get_mut(&trip.connection) else {
            if trip.statement.starts_with("BEGIN") {
                open.insert(trip.connection, vec![index]);
            } else {
                relays[index] = says_so;
            }
            continue;
        };
        transaction.push(index);
        if trip.statement.starts_with("COMMIT") || trip.statement.starts_with("ROLLBACK") {
            let whole = open.remove(&trip.connection).unwrap_or_default();
            let is_relays = |index: &usize| RELAY.iter().any(|text| trips[*index].statement.contains(text));
            if whole.iter().any(is_relays) {
                whole.into_iter().for_each(|index| relays[index] = true);
            }
        }
    }
    relays
}

#[cfg(test)]
mod tests {
    use super::{Trip, of_relay};

    fn trips(said: &[(usize, &str)]) -> Vec<Trip> {
        let trip = |(connection, statement): &(usize, &str)| Trip {
            role: "salient_contracts".into(),
            connection: *connection,
            statement: (*statement).into(),
        };
        said.iter().map(trip).collect()
    }

    #[test]
    fn a_transaction_is_the_relays_as_a_whole() {
        let trips = trips(&[
            (1, "BEGIN"),
            (2, "BEGIN"),
            (1, "SELECT FROM feed_head FOR UPDATE"),
            (2, "UPDATE contract SET number = $1"),
            (1, "COMMIT"),
            (2, "COMMIT"),
            (
                2,
                "WITH arrived AS (DELETE FROM outbox WHERE id = ANY($1)) UPDATE outbox SET",
            ),
            (1, "SELECT 1"),
        ]);
        assert_eq!(
            of_relay(&trips),
            [true, false, true, false, true, false, true, false]
        );
    }
}
