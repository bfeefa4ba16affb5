use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{PreviewApprovalRequest as OrchestratorRequest, PreviewApprovalResponse},
    contracts::v1::PreviewApprovalRequest,
};
use salient_values::name;

use super::{
    answer::{EMPLOYEES, SUBJECT_KIND, UNITS},
    command, load,
    submit_contract::facts,
};
use crate::{App, error::Error, store::Query};

/// Answers who would sign the contract off (P6.1.1).
pub(super) async fn preview_approval(
    app: &App,
    op: OpContext,
    request: PreviewApprovalRequest,
) -> Result<PreviewApprovalResponse, Error> {
    let id = command::contract_id(&request.name, "name")?;
    let read = async |connection: &mut Connection| load::contract(connection, &op, id).await;
    let contract = app.database.read(&op, Query::ContractGet, read).await?;
    let customer = app.customers.get(&op, contract.content.customer).await?;
    let request = OrchestratorRequest {
        kind: SUBJECT_KIND.into(),
        submitter: name::format(EMPLOYEES, op.person()?.person),
        unit: name::format(UNITS, contract.head.unit),
        facts: facts(&contract, &customer)?,
    };
    app.approvals.preview(&op, request).await
}
