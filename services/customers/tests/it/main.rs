//! The service's methods over gRPC, on a real database.

mod archive;
mod concurrency;
mod credit;
mod duplicates;
mod grades;
mod import;
mod lists;
mod permission;
mod sign_off;
mod support;
