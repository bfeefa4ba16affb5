//! A large policy with branches: published, simulated and run.

use salient_operation::Post;
use salient_proto::approval::v1::{
    Alternative, Branch, Fact, ListAuditEntriesRequest, PolicyVersion, RequestApprovalRequest,
    SamePersonRule, SimulatePolicyRequest, Step, approval::State, approver::Selector, fact,
    simulated_step::Fate, visit,
};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, yuan},
    policies::{policies, policy, publish},
    policy_simulation::today,
};

/// Fifty steps: ten of everybody, then four branches by amount of ten steps each, of which an alternative has five.
fn large() -> PolicyVersion {
    let mut large = policy();
    let step = |number: usize| Step {
        id: format!("step-{number}"),
        title: format!("步骤 {number} · Step {number}"),
        condition: String::new(),
        ..large.steps[1].clone()
    };
    let steps: Vec<_> = (0..50).map(step).collect();
    let branch = |number: usize| {
        let ids = |from: usize| (from..from + 5).map(|number| format!("step-{number}")).collect();
        let (first, bound) = (10 + number * 10, (number + 1) * 10_000);
        let alternative = |id: &str, when: String, steps| Alternative {
            id: id.to_owned(),
            title: id.to_owned(),
            default: when.is_empty(),
            when,
            steps,
        };
        Branch {
            id: format!("size-{number}"),
            title: format!("金额 {bound}"),
            alternatives: vec![
                alternative(
                    "large",
                    format!("amount >= money(\"{bound}\", \"CNY\")"),
                    ids(first),
                ),
                alternative("tiny", "amount < money(\"100\", \"CNY\")".to_owned(), Vec::new()),
                alternative("small", String::new(), ids(first + 5)),
            ],
        }
    };
    large.branches = (0..4).map(branch).collect();
    large.steps = steps;
    large.participants.clear();
    // The one manager decides once, and it counts for all that follows.
    large.same_person_rule = SamePersonRule::CarryOver.into();
    large
}

fn request(house: &House, amount: i64) -> RequestApprovalRequest {
    let mut request = house.request();
    request.facts = vec![Fact {
        name: "amount".to_owned(),
        value: Some(fact::Value::Money(yuan(amount))),
    }];
    request
}

#[tokio::test]
async fn fifty_steps_with_branches_publish_simulate_and_run() {
    let house = House::open().await;
    let before = house.submit_for_review().await.0;
    let published = policies(&house, &house.admin)
        .publish_policy_version(publish(large()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((published.steps.len(), published.branches.len()), (50, 4));

    let simulation = SimulatePolicyRequest {
        name: published.name.clone(),
        ..today()
    };
    let simulated = policies(&house, &house.admin)
        .simulate_policy(simulation)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(simulated.approvals.len(), 1);
    assert_eq!(simulated.approvals[0].approval, before);
    let started = |fate: Fate| {
        simulated.approvals[0]
            .steps
            .iter()
            .filter(move |step| step.now_fate() == fate)
            .count()
    };
    // 120,000 is large in each of the branches.
    assert_eq!((started(Fate::Started), started(Fate::Skipped)), (30, 20));

    let run = request(&house, 25_000);
    let approval = run.approval.clone();
    house.intake().request_approval(run).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    let ended = house.until(&approval, State::Approved).await;
    let agreed: Vec<_> = ended
        .visits
        .iter()
        .filter(|visit| visit.state() == visit::State::Agreed)
        .map(|visit| visit.step.as_str())
        .collect();
    let expected: Vec<_> = (0..10)
        .chain(10..15)
        .chain(20..25)
        .chain(35..40)
        .chain(45..50)
        .collect();
    assert_eq!(
        agreed,
        expected
            .iter()
            .map(|number| format!("step-{number}"))
            .collect::<Vec<_>>()
    );
    assert!(house.verify(&approval).await.intact);
    // Why a step was left out stands in the history.
    let request = ListAuditEntriesRequest {
        parent: approval,
        page_size: 200,
        ..Default::default()
    };
    let entries = house
        .approvals(&house.admin)
        .list_audit_entries(request)
        .await
        .unwrap()
        .into_inner()
        .audit_entries;
    let skipped = entries.iter().find(|entry| entry.step == "step-30").unwrap();
    assert!(
        skipped.details.contains(r#""alternative":"size-2/large""#),
        "{}",
        skipped.details
    );
}

#[tokio::test]
async fn branches_that_overlap_or_are_never_reached_are_refused_at_their_place() {
    let house = House::open().await;
    let mut unsound = large();
    unsound.branches[0].alternatives[1].when = "amount < money(\"10000.01\", \"CNY\")".to_owned();
    unsound.branches[1].alternatives[1].when = "amount < money(\"20000\", \"CNY\")".to_owned();
    unsound.branches[2].alternatives[2].default = false;
    unsound.branches[3].alternatives[0].steps[0] = "step-7777".to_owned();
    let refused = policies(&house, &house.admin)
        .publish_policy_version(publish(unsound))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_POLICY_INVALID")
    );
    let mut places: Vec<_> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|field| field.field)
        .collect();
    places.sort();
    assert_eq!(
        places,
        [
            "policy_version.branches[0].alternatives[1].when",
            "policy_version.branches[1].alternatives[2]",
            "policy_version.branches[2].alternatives",
            "policy_version.branches[2].alternatives[2].when",
            "policy_version.branches[3].alternatives[0].steps[0]",
        ]
    );
}

#[tokio::test]
async fn a_branch_that_cannot_be_decided_suspends() {
    let house = House::open().await;
    policies(&house, &house.admin)
        .publish_policy_version(publish(large()))
        .await
        .unwrap();
    let mut run = request(&house, 1);
    if let Some(fact::Value::Money(money)) = &mut run.facts[0].value {
        money.currency_code = "USD".to_owned();
    }
    let approval = run.approval.clone();
    house.intake().request_approval(run).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    let suspended = house.until(&approval, State::Suspended).await;
    assert!(suspended.attention.unwrap().detail.contains("USD"));
}

/// Nobody is asked for what is of no consequence, as the policy says by an alternative without steps.
#[tokio::test]
async fn an_alternative_without_steps_asks_nobody() {
    let house = House::open().await;
    let mut policy = large();
    policy.steps[0].approvers[0].selector = Some(Selector::Post(Post::Supervisor.into()));
    policies(&house, &house.admin)
        .publish_policy_version(publish(policy))
        .await
        .unwrap();
    let run = request(&house, 99);
    let approval = run.approval.clone();
    house.intake().request_approval(run).await.unwrap();
    for person in [&house.zhang, &house.wang] {
        let task = house.task_of(person, &approval).await;
        house.approve(person, &task).await.unwrap();
    }
    let ended = house.until(&approval, State::Approved).await;
    let skipped = ended
        .visits
        .iter()
        .filter(|visit| visit.state() == visit::State::Skipped);
    assert_eq!(skipped.count(), 40);
}
