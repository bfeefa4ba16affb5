//! How fast a scenario could be at best on this machine.

/// What `pgbench` and empty calls allow together: client, service and database share the machine, so the time that each needs
/// for one piece of work adds up. Rates in pieces of work a second.
#[must_use]
pub fn combined(pgbench: f64, empty_call: f64, calls: u32) -> f64 {
    1.0 / (1.0 / pgbench + f64::from(calls) / empty_call)
}

#[cfg(test)]
mod tests {
    use super::combined;

    #[test]
    fn times_add_up() {
        assert!((combined(1_000.0, 1_000.0, 1) - 500.0).abs() < 1e-9);
        assert!((combined(1_000.0, 4_000.0, 4) - 500.0).abs() < 1e-9);
        // Transport that costs nothing leaves the database's own rate.
        assert!((combined(1_000.0, f64::INFINITY, 11) - 1_000.0).abs() < 1e-9);
    }
}
