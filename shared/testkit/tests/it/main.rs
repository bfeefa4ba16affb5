//! The kit itself: databases that are one test's own, and a service that knows the test's people.

#[cfg(test)]
mod databases;
#[cfg(test)]
mod services;
