//! The policies that ship, one for each subject kind: each signs a subject of its kind off, whichever service owns it.

use salient_operation::Post;
use salient_proto::approval::v1::{
    FactType, GetPolicyVersionRequest, ListPoliciesRequest, Outcome, approval::State, fact, policy,
};
use salient_testkit::held;

use crate::{
    house::{House, id, yuan},
    policies::policies,
};

#[tokio::test]
async fn every_kind_is_signed_off_by_those_the_clauses_name() {
    let house = House::open().await;
    // Above the region: whoever is asked for these posts.
    let company = house.service.people().company();
    let mut above = Vec::new();
    for (name, post) in [
        ("总监", Post::Director),
        ("财务", Post::Finance),
        ("管理层", Post::CompanyManagement),
    ] {
        let person = house.service.people().add(name, &[held(post, company)]);
        house.organization.ladder(post, &[(post, company, &[&person])]);
        above.push(person);
    }
    let people: Vec<_> = [&house.zhang, &house.wang].into_iter().chain(&above).collect();
    let listed = policies(&house, &house.li)
        .list_policies(ListPoliciesRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.policies.len(), 14);
    for shipped in listed.policies {
        assert_eq!(shipped.state(), policy::State::Active);
        let request = GetPolicyVersionRequest {
            name: shipped.latest_version.clone(),
        };
        let version = policies(&house, &house.li)
            .get_policy_version(request)
            .await
            .unwrap()
            .into_inner();
        let mut request = house.request();
        request.facts.truncate(0);
        for declared in &version.facts {
            let value = match declared.r#type() {
                FactType::Money => fact::Value::Money(yuan(5_000)),
                FactType::Number => fact::Value::Number(12),
                FactType::Flag => fact::Value::Flag(true),
                FactType::Decimal => fact::Value::Decimal(salient_proto::google::r#type::Decimal {
                    value: "87.5".to_owned(),
                }),
                _ => fact::Value::Text("OTHER".to_owned()),
            };
            request.facts.push(salient_proto::approval::v1::Fact {
                name: declared.name.clone(),
                value: Some(value),
            });
        }
        let subject = request.subject.as_mut().unwrap();
        subject.kind.clone_from(&shipped.kind);
        subject.name = format!("{}s/{}", shipped.kind, id());
        let approval = request.approval.clone();
        house.intake().request_approval(request).await.unwrap();
        for step in &version.steps {
            let asked = house
                .until_that(&approval, |approval| {
                    let visit = approval.visits.last();
                    visit.is_some_and(|visit| visit.step == step.id && !visit.tasks.is_empty())
                })
                .await;
            let assignee = &asked.visits.last().unwrap().tasks[0].assignee;
            let person = people.iter().find(|person| person.name() == *assignee).unwrap();
            let task = house.task_of(person, &approval).await;
            house.approve(person, &task).await.unwrap();
        }
        house.until(&approval, State::Approved).await;
        house.heard(&approval, &[Outcome::Approved]).await;
    }
}
