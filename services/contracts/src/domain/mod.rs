//! What a contract is and what may happen to it (P6.1). Pure: no database, no messages, no clock.

mod content;
mod contract;
mod digest;
mod file;
mod number;
mod outcome;
mod refusal;
mod state;
#[cfg(test)]
pub(crate) mod testing;
mod unit;

pub(crate) use self::{
    content::{Amounts, Content, Delivery, Line, Payment},
    contract::{Contract, Ended, Head, SignOff, Signing},
    file::{File, FileType, Received},
    number::{Year, number},
    outcome::{Outcome, Report},
    refusal::Refusal,
    state::{State, Verb},
    unit::{Seat, seat},
};
