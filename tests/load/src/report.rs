//! What came out, for people and for programs.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use serde::Serialize;

use crate::{measure::Sample, median::median, round_trips::RoundTrips, scenario::Scenario};

/// Everything that is told.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Under which conditions, by name.
    pub conditions: Vec<(String, String)>,
    /// What was measured.
    pub rows: Vec<Row>,
    /// What was counted.
    pub round_trips: Vec<RoundTrips>,
}

/// A scenario with a number of clients: medians of its runs.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Which.
    pub scenario: Scenario,
    /// How many clients.
    pub clients: usize,
    /// Scenarios played in a second.
    pub rate: f64,
    /// Latencies, in microseconds.
    pub p50_micros: u64,
    /// Of 95 in a hundred, at most.
    pub p95_micros: u64,
    /// Of 99 in a hundred, at most.
    pub p99_micros: u64,
    /// What `pgbench` reached with the statements, a second.
    pub pgbench: f64,
    /// Empty gRPC calls a second.
    pub empty_call: f64,
    /// The two combined.
    pub ceiling: f64,
    /// The rate's part of the ceiling: the median of the runs' own ratios.
    pub ratio: f64,
    /// Time of processors that the services took for each, in microseconds.
    pub service_cpu_micros: u64,
    /// Time of processors that the database took for each, in microseconds.
    pub database_cpu_micros: u64,
}

impl Row {
    /// Sums runs up, by scenario and clients in their order.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Vec<Self> {
        let mut groups: BTreeMap<(usize, usize), Vec<&Sample>> = BTreeMap::new();
        for sample in samples {
            let place = Scenario::ALL
                .iter()
                .position(|scenario| *scenario == sample.scenario);
            groups
                .entry((place.unwrap_or_default(), sample.clients))
                .or_default()
                .push(sample);
        }
        groups.values().filter_map(|runs| Self::medians(runs)).collect()
    }

    fn medians(runs: &[&Sample]) -> Option<Self> {
        let rate = |of: fn(&Sample) -> f64| median(runs.iter().map(|run| of(run)).collect());
        let time = |of: fn(&Sample) -> Duration| median(runs.iter().map(|run| micros(of(run))).collect());
        let first = runs.first()?;
        Some(Self {
            scenario: first.scenario,
            clients: first.clients,
            rate: rate(|run| run.measured.rate)?,
            p50_micros: time(|run| run.measured.p50)?,
            p95_micros: time(|run| run.measured.p95)?,
            p99_micros: time(|run| run.measured.p99)?,
            pgbench: rate(|run| run.pgbench)?,
            empty_call: rate(|run| run.empty_call)?,
            ceiling: rate(|run| run.ceiling)?,
            ratio: rate(|run| run.measured.rate / run.ceiling)?,
            service_cpu_micros: time(|run| run.service_cpu)?,
            database_cpu_micros: time(|run| run.database_cpu)?,
        })
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Report {
    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let conditions: Vec<_> = self
            .conditions
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        writeln!(text, "{}\n", conditions.join(" · "))?;
        writeln!(
            text,
            "| scenario | clients | /s | p50 ms | p95 ms | p99 ms | pgbench /s | empty call /s | ceiling /s | ratio | \
             service CPU µs | database CPU µs |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        )?;
        for row in &self.rows {
            let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1e3;
            writeln!(
                text,
                "| {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} | {:.0} | **{:.2}** | {} | {} |",
                row.scenario.title(),
                row.clients,
                row.rate,
                millis(row.p50_micros),
                millis(row.p95_micros),
                millis(row.p99_micros),
                row.pgbench,
                row.empty_call,
                row.ceiling,
                row.ratio,
                row.service_cpu_micros,
                row.database_cpu_micros,
            )?;
        }
        writeln!(
            text,
            "\n| RPC | SQL round trips | of the relay and the feed behind it |\n|---|--:|--:|"
        )?;
        for RoundTrips { rpc, calls, relay } in &self.round_trips {
            writeln!(text, "| {rpc} | {calls} | {relay} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Report, Row};
    use crate::{closed_loop::Measured, measure::Sample, scenario::Scenario};

    fn sample(scenario: Scenario, clients: usize, rate: f64, ceiling: f64) -> Sample {
        let each = Duration::from_micros(100);
        let measured = Measured {
            rate,
            calls: 10,
            p50: each,
            p95: each,
            p99: each,
        };
        Sample {
            scenario,
            clients,
            measured,
            pgbench: ceiling,
            empty_call: 50_000.0,
            ceiling,
            service_cpu: each,
            database_cpu: each,
        }
    }

    #[test]
    fn a_run_that_was_disturbed_does_not_move_the_ratio() {
        let samples = [
            sample(Scenario::Read, 16, 600.0, 1_000.0),
            sample(Scenario::Create, 16, 300.0, 400.0),
            sample(Scenario::Read, 16, 10.0, 1_000.0),
            sample(Scenario::Read, 16, 700.0, 1_000.0),
        ];
        let rows = Row::of(&samples);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].scenario, Scenario::Create);
        assert!((rows[1].ratio - 0.6).abs() < 1e-9);
        let report = Report {
            conditions: vec![],
            rows,
            round_trips: vec![],
        };
        assert!(
            report.markdown().contains("| contract read | 16 | 600 | 0.10 |"),
            "{}",
            report.markdown()
        );
    }
}
