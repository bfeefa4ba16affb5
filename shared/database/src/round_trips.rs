use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// How many statements each kind of query or transaction sent, by label. Counted only where asked for: the benchmark prints
/// them, and tests hold hot paths to them.
#[derive(Debug, Clone, Default)]
pub struct RoundTrips(Arc<Mutex<HashMap<&'static str, Count>>>);

/// A label's count.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    runs: u64,
    statements: u64,
}

impl RoundTrips {
    /// Statements per run of each label seen so far, sorted by label.
    #[must_use]
    pub fn per_run(&self) -> Vec<(&'static str, f64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<_> = counts
            .iter()
            .map(|(label, count)| (*label, count.statements as f64 / count.runs.max(1) as f64))
            .collect();
        rows.sort_by_key(|(label, _)| *label);
        rows
    }

    pub(crate) fn start(&self, label: &'static str) -> Counter {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(label)
            .or_default()
            .runs += 1;
        Counter {
            counts: self.clone(),
            label,
        }
    }
}

/// Counts one run's statements, as the connection's instrumentation.
pub(crate) struct Counter {
    counts: RoundTrips,
    label: &'static str,
}

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        // BEGIN and COMMIT come as queries too; preparing a statement is a round trip of its own.
        if matches!(
            event,
            InstrumentationEvent::StartQuery { .. } | InstrumentationEvent::CacheQuery { .. }
        ) {
            let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
            counts.entry(self.label).or_default().statements += 1;
        }
    }
}
