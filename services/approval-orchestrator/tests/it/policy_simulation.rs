//! What another version would have made of past approvals.

use salient_operation::Post;
use salient_proto::approval::v1::{SimulatePolicyRequest, approver::Selector, simulated_step::Fate};
use salient_values::timestamp;
use tonic::Code;

use crate::{
    errors::reason,
    house::House,
    policies::{policies, policy},
};

/// Asks about a day around now.
pub fn today() -> SimulatePolicyRequest {
    let now = jiff::Timestamp::now();
    let time = |hours: i64| Some(timestamp::to_proto(now + jiff::SignedDuration::from_hours(hours)));
    SimulatePolicyRequest {
        parent: "policies/contract".to_owned(),
        start_time: time(-12),
        end_time: time(12),
        ..Default::default()
    }
}

fn request() -> SimulatePolicyRequest {
    SimulatePolicyRequest {
        policy_version: Some(policy()),
        ..today()
    }
}

#[tokio::test]
async fn each_past_approval_shows_what_would_have_changed() {
    let house = House::open().await;
    for _ in 0..3 {
        house.submit_for_review().await;
    }
    let mut candidate = policy();
    candidate.steps[0].condition = "amount > money(\"500000\", \"CNY\")".to_owned();
    candidate.steps[1].approvers[0].selector = Some(Selector::Post(Post::Director.into()));
    let request = SimulatePolicyRequest {
        policy_version: Some(candidate),
        page_size: 2,
        ..request()
    };
    let mut client = policies(&house, &house.admin);
    let first = client
        .simulate_policy(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (first.approvals.len(), first.changed_count, first.problem_count),
        (2, 2, 0)
    );
    let steps = &first.approvals[0].steps;
    assert_eq!(
        (steps[0].then_fate(), steps[0].now_fate()),
        (Fate::Started, Fate::Skipped)
    );
    assert_eq!(
        (steps[1].then_fate(), steps[1].now_fate()),
        (Fate::Started, Fate::Started)
    );
    assert_eq!(
        steps[1].then_approvers[0].selector,
        Some(Selector::Post(Post::RegionalManager.into()))
    );
    assert_eq!(
        steps[1].now_approvers[0].selector,
        Some(Selector::Post(Post::Director.into()))
    );
    let second = SimulatePolicyRequest {
        page_token: first.next_page_token,
        ..request.clone()
    };
    let second = client.simulate_policy(second).await.unwrap().into_inner();
    assert_eq!((second.approvals.len(), second.next_page_token.as_str()), (1, ""));

    // By the version that they ran by, nothing would have changed.
    let same = SimulatePolicyRequest {
        policy_version: None,
        name: "policies/contract/versions/1".to_owned(),
        page_size: 0,
        ..request.clone()
    };
    let same = client.simulate_policy(same).await.unwrap().into_inner();
    assert_eq!((same.approvals.len(), same.changed_count), (3, 0));

    // Nothing was saved, and nobody was asked.
    let inbox = house.inbox(&house.wang, "").await;
    assert!(inbox.is_empty());
}

#[tokio::test]
async fn what_would_not_have_gone_on_is_counted() {
    let house = House::open().await;
    house.submit_for_review().await;
    let mut candidate = policy();
    candidate.facts[0].name = "price".to_owned();
    candidate.steps[0].condition.clear();
    let request = SimulatePolicyRequest {
        policy_version: Some(candidate),
        ..request()
    };
    let simulated = policies(&house, &house.admin)
        .simulate_policy(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(simulated.problem_count, 1);
    assert!(simulated.approvals[0].problem.contains("price"));
}

#[tokio::test]
async fn what_is_asked_has_to_make_sense() {
    let house = House::open().await;
    let mut client = policies(&house, &house.admin);
    let mut unsound = policy();
    unsound.steps[0].condition = "colour".to_owned();
    let long = SimulatePolicyRequest {
        start_time: Some(timestamp::to_proto(jiff::Timestamp::UNIX_EPOCH)),
        ..request()
    };
    let backwards = SimulatePolicyRequest {
        start_time: request().end_time,
        end_time: request().start_time,
        ..request()
    };
    let both = SimulatePolicyRequest {
        text: "title = 'x'".to_owned(),
        ..request()
    };
    for (request, expected) in [
        (
            SimulatePolicyRequest {
                policy_version: Some(unsound),
                ..request()
            },
            "ERROR_REASON_POLICY_INVALID",
        ),
        (long, "ERROR_REASON_REQUEST_INVALID"),
        (backwards, "ERROR_REASON_REQUEST_INVALID"),
        (both, "ERROR_REASON_REQUEST_INVALID"),
    ] {
        let refused = client.simulate_policy(request).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, expected)
        );
    }
    let refused = policies(&house, &house.li)
        .simulate_policy(request())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}
