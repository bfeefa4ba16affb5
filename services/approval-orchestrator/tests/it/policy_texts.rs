//! Policies as texts and pictures.

use std::time::{Duration, Instant};

use salient_proto::approval::v1::{
    ExportPolicyVersionRequest, ImportPolicyVersionRequest, ListPoliciesRequest, RenderPolicyRequest,
    ValidatePolicyRequest, ValidatePolicyResponse, render_policy_request::Format,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, id},
    policies::{policies, policy},
};

async fn export(house: &House, name: &str) -> String {
    let request = ExportPolicyVersionRequest {
        name: name.to_owned(),
    };
    let answer = policies(house, &house.li).export_policy_version(request).await;
    answer.unwrap().into_inner().text
}

async fn validate(house: &House, text: &str) -> ValidatePolicyResponse {
    let request = ValidatePolicyRequest {
        parent: "policies/contract".to_owned(),
        text: text.to_owned(),
        ..Default::default()
    };
    let answer = policies(house, &house.admin).validate_policy(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn every_shipped_policy_comes_back_from_its_text() {
    let house = House::open().await;
    let mut client = policies(&house, &house.admin);
    let listed = client
        .list_policies(ListPoliciesRequest::default())
        .await
        .unwrap()
        .into_inner();
    for shipped in listed.policies {
        let text = export(&house, &shipped.latest_version).await;
        let checked = validate(&house, &text).await;
        assert_eq!(checked.mistakes, [], "{text}");
        let request = ImportPolicyVersionRequest {
            parent: shipped.name.clone(),
            text: text.clone(),
            request_id: id(),
        };
        let imported = client.import_policy_version(request).await.unwrap().into_inner();
        assert_eq!(imported.name, format!("{}/versions/2", shipped.name));
        assert_eq!(export(&house, &imported.name).await, text);
        // The digest is of what it says, so it is the same.
        let first = salient_proto::approval::v1::GetPolicyVersionRequest {
            name: shipped.latest_version,
        };
        let first = client.get_policy_version(first).await.unwrap().into_inner();
        assert_eq!(imported.digest, first.digest);
    }
}

#[tokio::test]
async fn every_mistake_is_answered_with_its_place() {
    let house = House::open().await;
    let unreadable = validate(&house, "title = '审批'\ntitel = 'x'\n").await;
    assert_eq!(unreadable.mistakes[0].place, "line 2, column 1");
    assert!(unreadable.policy_version.is_none());

    let text = export(&house, "policies/contract/versions/1").await;
    let unsound = text
        .replace("[\"review\"]", "[\"nowhere\"]")
        .replace("customers", "nobody")
        .replace("mode = \"ANY\"\n", "mode = \"ANY\"\ncondition = 'colour == 1'\n");
    let mut places: Vec<_> = validate(&house, &unsound)
        .await
        .mistakes
        .into_iter()
        .map(|mistake| mistake.place)
        .collect();
    places.sort();
    let expected = [
        "participants[0]",
        "steps[0].condition",
        "steps[1].condition",
        "steps[1].return_targets[0]",
    ];
    assert_eq!(places, expected);

    let mut client = policies(&house, &house.admin);
    let message = ValidatePolicyRequest {
        parent: "policies/contract".to_owned(),
        policy_version: Some(policy()),
        ..Default::default()
    };
    let sound = client.validate_policy(message).await.unwrap().into_inner();
    assert_eq!(sound.mistakes, []);
    assert_eq!(sound.policy_version.unwrap().title, policy().title);
    let import = ImportPolicyVersionRequest {
        parent: "policies/contract".to_owned(),
        text: "title = ".to_owned(),
        request_id: id(),
    };
    let refused = client.import_policy_version(import).await.unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_POLICY_INVALID");
    let field = &refused.get_details_bad_request().unwrap().field_violations[0];
    assert!(
        field.field == "text" && field.description.contains("line 1"),
        "{field:?}"
    );
}

#[tokio::test]
async fn hostile_policies_are_refused_quickly() {
    let house = House::open().await;
    let step = |number: usize, condition: &str| {
        format!(
            "[[steps]]\nid='s{number}'\ntitle='S'\nmode='ANY'\napprovers=[{{post='DIRECTOR'}}]\ncondition='''{condition}'''\n"
        )
    };
    let with = |conditions: &str, count: usize| {
        let steps: String = (0..count).map(|number| step(number, conditions)).collect();
        format!("title = 'H'\nfacts = [{{ name = 'a', type = 'FLAG' }}]\n{steps}")
    };
    let nested = |count: usize| format!("{}a{}", "(".repeat(count), ")".repeat(count));
    for text in [
        "a = ".to_owned() + &"[".repeat(65_000),
        "a.".repeat(30_000) + "b = 1",
        with("", 700),
        with(&nested(400), 50),
        with(&nested(32), 50),
        with(&"!".repeat(900), 50),
        with(&("[1].all(x, ".repeat(40) + "true" + &")".repeat(40)), 50),
        with(&"a ? a : ".repeat(100), 50),
        with(&"a.b".repeat(300), 50),
        with(&"\"".repeat(999), 50),
    ] {
        let start = Instant::now();
        let mistakes = validate(&house, &text).await.mistakes.len();
        assert!(mistakes > 0 || text.contains("((((a))))"), "{}", &text[..200]);
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}: {}",
            start.elapsed(),
            &text[..200]
        );
    }
    let request = ValidatePolicyRequest {
        parent: "policies/contract".to_owned(),
        text: "x".repeat(70_000),
        ..Default::default()
    };
    let refused = policies(&house, &house.admin)
        .validate_policy(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_version_is_drawn() {
    let house = House::open().await;
    let draw = |format: Format| RenderPolicyRequest {
        name: "policies/contract/versions/latest".to_owned(),
        format: format.into(),
    };
    let mut client = policies(&house, &house.li);
    let svg = client
        .render_policy(draw(Format::Unspecified))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(svg.media_type, "image/svg+xml");
    assert!(svg.content.starts_with("<svg") && svg.content.contains("主管审核"));
    let mermaid = client
        .render_policy(draw(Format::Mermaid))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(mermaid.media_type, "text/vnd.mermaid");
    assert!(mermaid.content.starts_with("flowchart TD") && mermaid.content.contains("区域经理审批"));
}
