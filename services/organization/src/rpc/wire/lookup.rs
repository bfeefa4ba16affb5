//! Rungs, ladders and how they are asked for.

use salient_failure::Failure;
use salient_operation::Post;
use salient_proto::{
    access::v1 as access,
    organization::v1::{self as proto, ApproverSelector, approver_selector},
};

use super::name;
use crate::{
    domain::{Chart, Rung, Selector},
    error::Error,
};

/// A rung, with the names of those on it.
pub fn rung_to_proto(rung: &Rung, chart: &Chart) -> proto::Rung {
    let (post, unit) = match rung.seat {
        Some((post, unit)) => (post.into(), unit.to_string()),
        None => (access::Post::Unspecified, String::new()),
    };
    let holders = rung.holders.iter().map(|holder| proto::Holder {
        employee: holder.employee.to_string(),
        display_name: chart
            .roster()
            .employee(holder.employee)
            .map(|person| person.display_name.clone())
            .unwrap_or_default(),
        substitute: holder.substitute,
    });
    proto::Rung {
        post: post.into(),
        unit,
        holders: holders.collect(),
    }
}

/// A post that a request must name.
pub fn post(number: i32, field: impl Into<String>) -> Result<Post, Error> {
    Ok(Post::try_from(number).map_err(|_| Failure::invalid_field(field, "must be a post"))?)
}

/// How an approver is sought; `index` is the selector's place in the request.
pub fn selector(sent: &ApproverSelector, index: usize) -> Result<Selector, Error> {
    let field = |name: &str| format!("selectors[{index}]{name}");
    match &sent.selector {
        Some(approver_selector::Selector::Post(number)) => Ok(Selector::Post(post(*number, field(".post"))?)),
        Some(approver_selector::Selector::SubmitterSuperior(true)) => Ok(Selector::SubmitterSuperior),
        Some(approver_selector::Selector::Employee(person)) => {
            name::employee(person, field(".employee")).map(Selector::Employee)
        }
        Some(approver_selector::Selector::SubmitterSuperior(false)) => {
            Err(Failure::invalid_field(field(".submitter_superior"), "must be true where it is set").into())
        }
        None => Err(Failure::invalid_field(field(""), "must say how to find an approver").into()),
    }
}
