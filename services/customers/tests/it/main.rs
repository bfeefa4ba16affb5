//! The service's methods over gRPC, on a real database.

#[cfg(test)]
mod archive;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod credit;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod grades;
#[cfg(test)]
mod import;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod permission;
#[cfg(test)]
mod sign_off;
#[cfg(test)]
mod support;
