//! What follows the approval: the signed file, the signing, the archive.

use futures::stream;
use salient_proto::contracts::v1::{
    ArchiveContractRequest, Contract, GetContractRequest, SignContractRequest, UploadFileHeader,
    UploadFileRequest, contract::State, contract_service_client::ContractServiceClient,
    file_service_client::FileServiceClient,
};
use sha2::{Digest as _, Sha256};

use super::follow::Patience;
use crate::{
    client::{Session, refused, request_id},
    suite::Member,
};

/// Waits until the outcome of the sign-off has reached the contract.
pub(super) async fn settled(owner: &Session, name: &str) -> anyhow::Result<Contract> {
    let mut contracts = ContractServiceClient::new(owner.at(Member::Contracts)?);
    let mut patience = Patience::new();
    loop {
        let contract = contracts
            .get_contract(GetContractRequest {
                name: name.to_owned(),
            })
            .await;
        let contract = contract.map_err(refused(name))?.into_inner();
        if contract.state() != State::InApproval {
            return Ok(contract);
        }
        patience.wait(name).await?;
    }
}

/// Stores the signed file, records the signing, and archives the contract.
pub(super) async fn sign(
    owner: &Session,
    contract: &Contract,
    company: &str,
    customer: &str,
) -> anyhow::Result<Contract> {
    let mut files = FileServiceClient::new(owner.at(Member::Contracts)?);
    let file = scan(&contract.number);
    let header = UploadFileHeader {
        contract: contract.name.clone(),
        filename: format!("{}.pdf", contract.number),
        content_type: "application/pdf".to_owned(),
        size_bytes: i64::try_from(file.len())?,
        sha256: Sha256::digest(&file).to_vec(),
        request_id: request_id(),
    };
    let messages = [
        UploadFileRequest {
            header: Some(header),
            chunk: Vec::new(),
        },
        UploadFileRequest {
            header: None,
            chunk: file,
        },
    ];
    files
        .upload_file(stream::iter(messages))
        .await
        .map_err(refused("uploading the signed file"))?;
    let mut contracts = ContractServiceClient::new(owner.at(Member::Contracts)?);
    let request = SignContractRequest {
        name: contract.name.clone(),
        company_signatory: company.to_owned(),
        customer_signatory: customer.to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    contracts
        .sign_contract(request)
        .await
        .map_err(refused("signing"))?;
    let request = ArchiveContractRequest {
        name: contract.name.clone(),
        request_id: request_id(),
        ..Default::default()
    };
    Ok(contracts
        .archive_contract(request)
        .await
        .map_err(refused("archiving"))?
        .into_inner())
}

/// The least that is a PDF document: one empty page, with the contract's number in a comment.
fn scan(number: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n% {number}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n\
         trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    .into_bytes()
}
