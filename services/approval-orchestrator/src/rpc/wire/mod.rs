//! Between the protos and the domain, both ways. Each `…_from` names the field that it refuses.

pub mod approval;
pub mod audit;
pub mod branch;
pub mod call;
pub mod deadline;
pub mod deputyship;
pub mod draft;
pub mod event;
mod event_tasks;
#[cfg(test)]
mod event_tests;
pub mod notification;
#[cfg(test)]
mod notification_tests;
pub mod policy;
pub mod simulation;
pub mod standing;
pub mod subject;
pub mod task;
mod told;
