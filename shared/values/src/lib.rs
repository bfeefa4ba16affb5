//! What requests and rows are made of: money, decimals, dates, instants, resource names, etags and field masks.
//!
//! Each type or module here checks what comes from outside once and exactly, so that the domain computes with values that
//! are right by construction:
//!
//! - [`Money`] in a [`Currency`]: decimal, never finer than the currency's minor units, never beyond what
//!   `google.type.Money` can say. Nothing rounds but [`Money::checked_mul_rounded`] and [`Money::allocate`].
//! - [`decimal`], [`date`], [`timestamp`]: `google.type.Decimal`, `google.type.Date` and `google.protobuf.Timestamp` to and
//!   from [`rust_decimal::Decimal`], [`jiff::civil::Date`] and [`jiff::Timestamp`], without loss or with an error.
//! - [`name`]: resource names (AIP-122). [`etag`]: versions as callers see them (AIP-154). [`mask::Mask`]: what an update
//!   changes (AIP-134).
//!
//! What a value is refused for is a [`ValueError`]; [`ValueError::at`] adds the field and makes it the answer to the caller.

pub mod date;
pub mod decimal;
pub mod etag;
pub mod mask;
pub mod name;
pub mod timestamp;

mod allocation;
mod currency;
mod error;
mod money;
mod wide;

pub use self::{currency::Currency, error::ValueError, money::Money};
