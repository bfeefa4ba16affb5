//! Rows and queries. Each function takes the connection or the transaction that it works in.

pub mod accounts;
pub mod customers;
pub mod entries;
pub mod grades;
pub mod list;
pub mod reservations;
pub mod reserve;
pub mod settle;

mod rows;
mod schema;

use salient_database::Label;

/// What the service asks its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// One customer.
    CustomerGet,
    /// Several customers by their names.
    CustomerBatchGet,
    /// A page of customers.
    CustomerList,
    /// Which customer has a name or code.
    CustomerTaken,
    /// Records a customer.
    CustomerCreate,
    /// Changes a customer's archive.
    CustomerUpdate,
    /// Deletes a customer.
    CustomerDelete,
    /// Brings a customer back.
    CustomerUndelete,
    /// Records many customers.
    CustomerImport,
    /// Grades a customer.
    GradeSet,
    /// A page of a customer's grades.
    GradeList,
    /// A customer's credit.
    CreditGet,
    /// Sets a credit limit.
    CreditSetLimit,
    /// A page of what changed a customer's credit.
    CreditEntryList,
    /// Sets credit aside.
    CreditReserve,
    /// Decides about a reservation that was not simply possible.
    CreditReserveDecide,
    /// What a round was answered.
    ReservationGet,
    /// Takes for good or gives back what was set aside.
    CreditSettle,
    /// Remembers that a round that reserved nothing is over.
    ReservationVoid,
}

impl Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::CustomerGet => "customer_get",
            Self::CustomerBatchGet => "customer_batch_get",
            Self::CustomerList => "customer_list",
            Self::CustomerTaken => "customer_taken",
            Self::CustomerCreate => "customer_create",
            Self::CustomerUpdate => "customer_update",
            Self::CustomerDelete => "customer_delete",
            Self::CustomerUndelete => "customer_undelete",
            Self::CustomerImport => "customer_import",
            Self::GradeSet => "grade_set",
            Self::GradeList => "grade_list",
            Self::CreditGet => "credit_get",
            Self::CreditSetLimit => "credit_set_limit",
            Self::CreditEntryList => "credit_entry_list",
            Self::CreditReserve => "credit_reserve",
            Self::CreditReserveDecide => "credit_reserve_decide",
            Self::ReservationGet => "reservation_get",
            Self::CreditSettle => "credit_settle",
            Self::ReservationVoid => "reservation_void",
        }
    }
}
