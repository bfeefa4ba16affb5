//! What customers and their credit are, and the rules they follow. Pure: no requests, no rows, no clock.

pub mod archive;
pub mod credit;
pub mod credit_code;
pub mod customer;
pub mod grade;
pub mod import;
pub mod name;
pub mod normalize;
pub mod reservation;
pub mod search;
