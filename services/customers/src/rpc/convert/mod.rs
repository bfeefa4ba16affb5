//! Between messages and the domain.

mod archive;
mod credit;
mod customer;
mod grade;
mod import;

pub(super) use self::{
    archive::{archive, optional_name},
    credit::{account, entry, untouched_account},
    customer::customer,
    grade::{from_proto as grade_from_proto, period, to_proto as grade_to_proto},
    import::{Problem, problem, row},
};
