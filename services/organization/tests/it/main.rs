//! The service over gRPC, on PostgreSQL.

#[cfg(test)]
mod appointments;
#[cfg(test)]
mod calendars;
#[cfg(test)]
mod constraints;
#[cfg(test)]
mod events;
#[cfg(test)]
mod founding;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod lookups;
#[cfg(test)]
mod people;
#[cfg(test)]
mod units;
