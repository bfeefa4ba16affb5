//! The methods. Each has a file: from the proto to a command, one transaction, and back to the proto.

mod answer;
mod archive_contract;
mod batch_get_contracts;
mod command;
mod create_contract;
mod delete_contract;
mod deliver_outcome;
mod download_file;
mod get_contract;
mod get_contract_revision;
mod list_contract_revisions;
mod list_contracts;
mod list_files;
mod load;
mod preview_approval;
mod routes;
mod sign_contract;
mod submit_contract;
mod update_contract;
mod upload_file;

pub(crate) use self::routes::routes;
