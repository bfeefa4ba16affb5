//! Rows and queries. Free functions that take the connection; a write takes the version it was decided on.

mod contract;
mod document;
mod file;
mod insert;
mod label;
mod list;
mod number;
mod outcome;
mod revision;
mod row;
mod save;
mod schema;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    contract::{contract_find, contract_for_update, contracts_find},
    file::{FileCursor, file_find, file_insert, file_list},
    insert::InsertContract,
    label::Query,
    list::{ContractCursor, ContractQuery, SortKey, contract_list},
    number::number_next,
    outcome::{outcome_find, outcome_insert},
    revision::{Revision, RevisionCursor, revision_find, revision_insert, revision_list},
    save::contract_save,
};

/// A stored value that the code does not know: a row written by a newer version, or by hand.
#[derive(Debug, thiserror::Error)]
#[error("{column} of {row} holds an unknown value")]
pub(crate) struct Corrupt {
    /// The row's key.
    pub row: String,
    /// The column.
    pub column: &'static str,
}

impl Corrupt {
    /// The value of this contract's column.
    pub(crate) fn of(contract: uuid::Uuid, column: &'static str) -> Self {
        Self {
            row: format!("contract {contract}"),
            column,
        }
    }
}

impl From<Corrupt> for salient_database::Error {
    fn from(corrupt: Corrupt) -> Self {
        Self::from(diesel::result::Error::DeserializationError(Box::new(corrupt)))
    }
}
