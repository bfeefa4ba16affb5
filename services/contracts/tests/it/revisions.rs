use salient_proto::contracts::v1::{GetContractRevisionRequest, ListContractRevisionsRequest};
use tonic::Code;

use crate::house::{House, answered};

#[tokio::test]
async fn every_revision_is_kept_as_it_was() {
    let house = House::new().await;
    let draft = house.drafted().await;
    let edited = house.edit(&draft, "新条款").await.expect("a draft");
    let mut contracts = house.contracts(&house.wang);
    let request = ListContractRevisionsRequest {
        parent: draft.name.clone(),
        ..ListContractRevisionsRequest::default()
    };
    let listed = answered(contracts.list_contract_revisions(request).await).contract_revisions;
    let names: Vec<_> = listed.iter().map(|revision| revision.name.clone()).collect();
    let named = |number: i64| format!("{}/revisions/{number}", draft.name);
    assert_eq!(names, [named(2), named(1)]);

    let mut read = async |name: String| {
        let request = GetContractRevisionRequest { name };
        contracts.get_contract_revision(request).await
    };
    let first = answered(read(named(1)).await);
    assert_eq!(first.author, house.li.name());
    let snapshot = first.snapshot.expect("a snapshot");
    assert_eq!(
        (snapshot.digest, snapshot.liability),
        (draft.digest, draft.liability)
    );
    assert_eq!((snapshot.lines, snapshot.total), (draft.lines, draft.total));
    let second = answered(read(named(2)).await).snapshot.expect("a snapshot");
    assert_eq!((second.digest, second.revision), (edited.digest, 2));
    let missing = read(named(3)).await.expect_err("there are two");
    assert_eq!(missing.code(), Code::NotFound);
}
