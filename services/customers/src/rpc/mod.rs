//! The methods, one file each: the request as a command, one transaction, the answer.

mod batch_get_customers;
mod claim;
pub mod confirm;
mod convert;
mod create_customer;
mod delete_customer;
mod get_credit_account;
pub mod get_customer;
mod import_customers;
mod list_credit_entries;
mod list_customers;
mod list_grade_periods;
mod permitted;
mod refusal;
pub mod release;
pub mod reserve;
mod services;
mod set_credit_limit;
mod set_grade;
mod settle;
mod taken;
mod undelete_customer;
mod update_customer;

use salient_proto::{
    approval::v1::participant_service_server::ParticipantServiceServer,
    customers::v1::{
        credit_service_server::CreditServiceServer, customer_service_server::CustomerServiceServer,
    },
};
use salient_server::Routes;

use self::services::Rpc;
use crate::app::App;

/// Everything this service offers.
pub fn routes(app: App) -> Routes {
    let rpc = Rpc(app);
    Routes::default()
        .add_service(CustomerServiceServer::new(rpc.clone()))
        .add_service(CreditServiceServer::new(rpc.clone()))
        .add_service(ParticipantServiceServer::new(rpc))
}
