use std::{collections::BTreeMap, time::Duration};

use rand::Rng as _;
use salient_database::{Connection, Database};
use salient_operation::OpContext;
use tokio::time::sleep;

use super::{AnchorKeys, Found, Place};
use crate::{
    SERVICE,
    domain::anchor::{Head, ORIGIN},
    error::Error,
    rpc::now,
    store::{Query, anchored_insert, anchored_newest, unanchored_list},
};

/// How many of the queue's rows go into one anchor at most: what bounds its size.
const BATCH: i64 = 1_000;

/// Anchors the histories that grew. One runs on every replica; for each number one of them wins, and it does not matter which.
///
/// The queue is read, the anchor written, the queue's rows removed. A crash after the writing leaves the rows, and the next anchor
/// says the same once more: no harm. Before it, nothing has happened.
pub struct Worker {
    database: Database,
    keys: AnchorKeys,
    place: Place,
    period: Duration,
    /// The number of the newest anchor that this replica knows of.
    known: Option<i64>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    /// Everything is anchored.
    Done,
    /// There may be more to anchor.
    More,
    /// Another replica wrote an anchor first. It may be about the same histories.
    Lost,
}

impl Worker {
    /// A worker that looks for histories to anchor every so often.
    #[must_use]
    pub fn new(database: Database, keys: AnchorKeys, place: Place, period: Duration) -> Self {
        Self {
            database,
            keys,
            place,
            period,
            known: None,
        }
    }

    /// Anchors for ever. It may be dropped at any await.
    pub async fn run(mut self) {
        loop {
            // Spread, so that replicas do not wake at the same instant again and again.
            let spread = rand::rng().random_range(0.75..1.25);
            sleep(self.period.mul_f64(spread)).await;
            loop {
                match self.attempt().await {
                    Ok(Attempt::More) => {}
                    Ok(Attempt::Done | Attempt::Lost) => break,
                    Err(error) => {
                        let error: &(dyn std::error::Error + 'static) = &error;
                        tracing::warn!(error, "histories were not anchored; trying again");
                        break;
                    }
                }
            }
        }
    }

    async fn attempt(&mut self) -> Result<Attempt, Error> {
        let op = OpContext::background(SERVICE, "anchor");
        let list =
            async |connection: &mut Connection| Ok::<_, Error>(unanchored_list(connection, BATCH).await?);
        let waiting = self.database.read(&op, Query::UnanchoredList, list).await?;
        if waiting.is_empty() {
            return Ok(Attempt::Done);
        }
        let (newest, previous_hash) = self.newest(&op).await?;
        let number = newest + 1;
        let anchor = self.keys.anchor(number, previous_hash, now(), farthest(&waiting));
        if !self.place.write(&anchor).await? {
            return Ok(Attempt::Lost);
        }
        self.known = Some(number);
        let full = i64::try_from(waiting.len()).is_ok_and(|count| count >= BATCH);
        let (waiting, heads) = (&waiting, &anchor.heads);
        let record = async move |connection: &mut Connection| {
            Ok::<_, Error>(anchored_insert(connection, number, heads, waiting).await?)
        };
        self.database.write(&op, Query::AnchoredInsert, record).await?;
        Ok(if full { Attempt::More } else { Attempt::Done })
    }

    /// The number and the hash of the newest anchor, which the next one follows on.
    async fn newest(&self, op: &OpContext) -> Result<(i64, Vec<u8>), Error> {
        let known = match self.known {
            Some(known) => known,
            None => {
                let newest =
                    async |connection: &mut Connection| Ok::<_, Error>(anchored_newest(connection).await?);
                self.database.read(op, Query::AnchoredNewest, newest).await?
            }
        };
        let newest = self.place.newest(known).await?;
        if newest == 0 {
            return Ok((0, ORIGIN.to_vec()));
        }
        // Where the place has lost its anchors, a second chain beside the first would hide it.
        let unsound = |problem| Error::AnchorUnsound {
            number: newest,
            problem,
        };
        match self.place.read(newest).await? {
            Found::Nothing => Err(unsound("it is known to the database, but not there")),
            Found::Damaged => Err(unsound("it cannot be read")),
            Found::Anchor(anchor) => {
                anchor.check(self.keys.public(), newest, None).map_err(unsound)?;
                Ok((newest, anchor.hash()))
            }
        }
    }
}

/// How far each history has grown, by the rows of the queue.
fn farthest(waiting: &[Head]) -> Vec<Head> {
    let mut heads = BTreeMap::new();
    for head in waiting {
        let farthest = heads.entry(head.approval).or_insert(head);
        if farthest.length < head.length {
            *farthest = head;
        }
    }
    heads.into_values().cloned().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn of_each_history_the_farthest_head_is_anchored() {
        let head = |approval, length| Head {
            approval: Uuid::from_u128(approval),
            length,
            head: vec![u8::try_from(length).expect("small"); 32],
        };
        let waiting = [head(2, 1), head(1, 7), head(1, 3), head(2, 4)];
        assert_eq!(farthest(&waiting), [head(1, 7), head(2, 4)]);
    }
}
