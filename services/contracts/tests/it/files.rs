use futures::{TryStreamExt as _, stream};
use salient_proto::contracts::v1::{
    ContractFile, DownloadFileRequest, ListFilesRequest, UploadFileHeader, UploadFileRequest,
};
use sha2::{Digest as _, Sha256};
use tonic::{Code, Response, Status};

use crate::house::{House, answered, id, reason};

pub(crate) const PDF: &[u8] = b"%PDF-1.7 signed";

/// Uploads a PDF for a contract, as Li.
pub(crate) async fn upload(house: &House, contract: &str, content: &[u8]) -> Result<ContractFile, Status> {
    send(house, header(contract, content), content).await
}

fn header(contract: &str, content: &[u8]) -> UploadFileHeader {
    UploadFileHeader {
        contract: contract.into(),
        filename: "合同.pdf".into(),
        content_type: "application/pdf".into(),
        size_bytes: i64::try_from(content.len()).expect("small"),
        sha256: Sha256::digest(content).to_vec(),
        request_id: id(),
    }
}

async fn send(house: &House, header: UploadFileHeader, content: &[u8]) -> Result<ContractFile, Status> {
    let header = UploadFileRequest {
        header: Some(header),
        chunk: Vec::new(),
    };
    let chunks = content.chunks(256 << 10).map(|chunk| UploadFileRequest {
        header: None,
        chunk: chunk.to_vec(),
    });
    let messages: Vec<_> = std::iter::once(header).chain(chunks).collect();
    let answer = house.files(&house.li).upload_file(stream::iter(messages)).await;
    answer.map(Response::into_inner)
}

async fn download(house: &House, name: &str) -> (ContractFile, Vec<u8>) {
    let request = DownloadFileRequest { name: name.into() };
    let answers = answered(house.files(&house.wang).download_file(request).await);
    let answers: Vec<_> = answers.try_collect().await.expect("a whole file");
    let file = answers[0].file.clone().expect("what is known comes first");
    (
        file,
        answers.into_iter().flat_map(|answer| answer.chunk).collect(),
    )
}

#[tokio::test]
async fn a_file_comes_back_as_it_went_and_every_version_is_kept() {
    let house = House::new().await;
    let approved = house.approved().await;
    let first = upload(&house, &approved.name, PDF).await.expect("taken");
    assert_eq!(first.name, format!("{}/files/1", approved.name));
    // More than one part of the store.
    let mut large = b"%PDF-1.7 ".to_vec();
    large.resize(9 << 20, 7);
    let second = upload(&house, &approved.name, &large).await.expect("taken");
    assert_eq!(house.read(&approved.name).await.signed_file, second.name);

    let (file, content) = download(&house, &second.name).await;
    assert_eq!((file, content == large), (second.clone(), true));
    let (file, content) = download(&house, &first.name).await;
    assert_eq!((file, content.as_slice()), (first.clone(), PDF));
    let request = ListFilesRequest {
        parent: approved.name,
        ..ListFilesRequest::default()
    };
    let listed = answered(house.files(&house.li).list_files(request).await).files;
    assert_eq!(listed, [second, first]);
}

#[tokio::test]
async fn a_repeated_upload_is_one() {
    let house = House::new().await;
    let approved = house.approved().await;
    let header = header(&approved.name, PDF);
    let first = send(&house, header.clone(), PDF).await.expect("taken");
    assert_eq!(send(&house, header, PDF).await.expect("answered"), first);
    // The same bytes again are another version.
    let again = upload(&house, &approved.name, PDF).await.expect("taken");
    assert_eq!(again.name, format!("{}/files/2", approved.name));
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let house = House::new().await;
    let approved = house.approved().await;
    let refused = send(&house, header(&approved.name, PDF), b"%PDF-1.7 forged").await;
    assert_eq!(
        reason(&refused.expect_err("another digest")),
        "ERROR_REASON_FILE_CORRUPT"
    );
    let refused = send(&house, header(&approved.name, PDF), &PDF[..4]).await;
    assert_eq!(
        reason(&refused.expect_err("cut off")),
        "ERROR_REASON_FILE_CORRUPT"
    );
    let refused = upload(&house, &approved.name, b"MZ no contract").await;
    assert_eq!(
        reason(&refused.expect_err("no PDF")),
        "ERROR_REASON_FILE_TYPE_INVALID"
    );
    let mut huge = header(&approved.name, PDF);
    huge.size_bytes = 1 << 40;
    let refused = send(&house, huge, PDF).await.expect_err("too large");
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::ResourceExhausted, "ERROR_REASON_TOO_LARGE")
    );
    assert_eq!(house.read(&approved.name).await.signed_file, "");
}

#[tokio::test]
async fn a_draft_has_no_signed_file() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let refused = upload(&house, &draft.name, PDF).await.expect_err("a draft");
    assert_eq!(reason(&refused), "ERROR_REASON_STATE_FORBIDS");
}
