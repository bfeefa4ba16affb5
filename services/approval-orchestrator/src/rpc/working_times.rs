//! When working time will have passed, as the organisation's calendars say: looked up before a change that may start a step.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::{Timestamp, TimestampRound, Unit};
use moka::future::Cache;
use salient_failure::{Failure, is_retryable};
use salient_operation::OpContext;
use salient_peers::{PeerChannel, outbound, refused};
use salient_proto::organization::v1::{
    BatchAddWorkingTimeRequest, WorkingAmount as WireAmount, calendar_service_client::CalendarServiceClient,
    working_amount::Measure,
};
use salient_values::timestamp;
use tonic::Code;

use crate::{
    domain::{
        deadline::{Reckoned, WorkingAmount, WorkingTimes},
        policy::{Policy, PolicyKey},
        rulebook::Rulebook,
    },
    error::Error,
};

const ORGANIZATION: &str = "organization";
/// How long what was reckoned is used: the minute that it was reckoned for.
const KEEP: Duration = Duration::from_secs(60);
/// How many are kept.
const CAPACITY: u64 = 1_000;
const SECONDS_PER_HOUR: i64 = 3600;

/// Reckons in working time. Cheap to clone.
#[derive(Clone)]
pub struct CalendarDesk {
    organization: CalendarServiceClient<PeerChannel>,
    reckoned: Cache<(PolicyKey, Timestamp), Arc<WorkingTimes>>,
}

impl CalendarDesk {
    /// Asks the organisation over this channel.
    #[must_use]
    pub fn new(organization: PeerChannel) -> Self {
        Self {
            organization: CalendarServiceClient::new(organization),
            reckoned: Cache::builder().max_capacity(CAPACITY).time_to_live(KEEP).build(),
        }
    }

    /// When every amount that a policy's deadlines name will have passed; `None` where it has no deadlines, and then nobody is
    /// asked. Deadlines are reckoned from the next full minute on, so that all that starts within a minute needs one call.
    ///
    /// # Errors
    /// UNAVAILABLE where the organisation cannot be asked.
    pub async fn find(
        &self,
        op: &OpContext,
        rulebook: &Rulebook,
        now: Timestamp,
    ) -> Result<Option<Arc<WorkingTimes>>, Error> {
        if !rulebook.policy.has_deadlines() {
            return Ok(None);
        }
        let start = next_minute(now);
        let asked = self
            .reckoned
            .try_get_with(
                (rulebook.key.clone(), start),
                self.ask(op, &rulebook.policy, start),
            )
            .await;
        Ok(Some(asked.map_err(|failure| Failure::clone(&failure))?))
    }

    /// The same for a policy that is about to be published, so that what its calendars cannot answer shows.
    ///
    /// # Errors
    /// UNAVAILABLE where the organisation cannot be asked.
    pub async fn probe(
        &self,
        op: &OpContext,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<WorkingTimes, Error> {
        Ok(self.ask(op, policy, now).await.map(Arc::unwrap_or_clone)?)
    }

    async fn ask(
        &self,
        op: &OpContext,
        policy: &Policy,
        start: Timestamp,
    ) -> Result<Arc<WorkingTimes>, Failure> {
        let deadlines = policy.steps.iter().filter_map(|step| step.deadline.as_ref());
        let calendars: BTreeSet<&str> = deadlines
            .clone()
            .map(|deadline| deadline.calendar.as_str())
            .collect();
        let mut times = WorkingTimes::default();
        for calendar in calendars {
            let mut amounts: Vec<WorkingAmount> = Vec::new();
            for amount in deadlines
                .clone()
                .filter(|deadline| deadline.calendar == calendar)
                .flat_map(crate::domain::deadline::Deadline::amounts)
            {
                if !amounts.contains(&amount) {
                    amounts.push(amount);
                }
            }
            let reckoned = self.reckon(op, calendar, start, &amounts).await?;
            times.0.extend(
                amounts
                    .into_iter()
                    .zip(reckoned)
                    .map(|(amount, reckoned)| ((calendar.to_owned(), amount), reckoned)),
            );
        }
        Ok(Arc::new(times))
    }

    async fn reckon(
        &self,
        op: &OpContext,
        calendar: &str,
        start: Timestamp,
        amounts: &[WorkingAmount],
    ) -> Result<Vec<Result<Reckoned, String>>, Failure> {
        let request = BatchAddWorkingTimeRequest {
            calendar: format!("calendars/{calendar}"),
            start_time: Some(timestamp::to_proto(start)),
            amounts: amounts.iter().copied().map(wire).collect(),
        };
        let answer = self
            .organization
            .clone()
            .batch_add_working_time(outbound(op, request))
            .await;
        let answer = match answer {
            Ok(answer) => answer.into_inner(),
            // It was understood and has no answer: there is no such calendar, or it says too little.
            Err(status)
                if !is_retryable(&status)
                    && matches!(status.code(), Code::NotFound | Code::FailedPrecondition) =>
            {
                return Ok(vec![Err(status.message().to_owned()); amounts.len()]);
            }
            Err(status) => return Err(refused(ORGANIZATION, status)),
        };
        if answer.end_times.len() != amounts.len() {
            return Err(Failure::internal(
                "the organisation reckoned other amounts than were asked for",
            ));
        }
        let version = answer.calendar_version;
        let reckoned = answer.end_times.iter().map(|time| {
            let time = timestamp::from_proto(time).map_err(Failure::internal)?;
            Ok(Ok(Reckoned {
                time,
                calendar_version: version.clone(),
            }))
        });
        reckoned.collect()
    }
}

fn next_minute(now: Timestamp) -> Timestamp {
    let up = TimestampRound::new()
        .smallest(Unit::Minute)
        .mode(jiff::RoundMode::Ceil);
    now.round(up).unwrap_or(now)
}

fn wire(amount: WorkingAmount) -> WireAmount {
    let measure = match amount {
        WorkingAmount::Hours(hours) => Measure::WorkingTime(prost_types::Duration {
            seconds: i64::from(hours) * SECONDS_PER_HOUR,
            nanos: 0,
        }),
        WorkingAmount::Days(days) => Measure::WorkingDays(days),
    };
    WireAmount {
        measure: Some(measure),
    }
}
