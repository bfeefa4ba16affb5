//! Permission before existence.

use salient_failure::Failure;
use salient_operation::OpContext;
use uuid::Uuid;

use crate::{domain::customer::Customer, error::customer_name};

/// Lets a customer pass that was found and that the caller reaches. One that was not found looks to callers like one that they do not
/// reach, unless they reach everything.
///
/// # Errors
/// OUT_OF_SCOPE; NOT_FOUND.
pub(super) fn permitted<T: AsRef<Customer>>(
    op: &OpContext,
    id: Uuid,
    found: Option<T>,
) -> Result<T, Failure> {
    let Some(found) = found else {
        op.permit.check(Uuid::nil(), Uuid::nil())?;
        return Err(Failure::not_found(customer_name(id)));
    };
    let placement = found.as_ref().placement;
    op.permit.check(placement.owner, placement.unit)?;
    Ok(found)
}
