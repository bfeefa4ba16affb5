//! Between the protos and the domain, both ways. Each `…_from` names the field that it refuses.

pub mod approval;
pub mod audit;
pub mod call;
pub mod deadline;
pub mod event;
pub mod policy;
pub mod subject;
pub mod task;
