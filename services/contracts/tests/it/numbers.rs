use futures::future::join_all;
use salient_proto::{approval::v1::Outcome, contracts::v1::contract::State};

use crate::house::House;

#[tokio::test]
async fn numbers_given_at_once_have_no_gaps_and_no_doubles() {
    let house = House::new().await;
    let submissions = (0..24).map(|_| async {
        let draft = house.drafted().await;
        house.submit(&draft).await.expect("complete").number
    });
    let mut numbers = join_all(submissions).await;
    numbers.sort();
    let sequences: Vec<_> = numbers.iter().map(|number| &number[number.len() - 6..]).collect();
    let expected: Vec<_> = (1..=24).map(|sequence| format!("{sequence:06}")).collect();
    assert_eq!(sequences, expected);
}

#[tokio::test]
async fn of_an_edit_and_an_outcome_at_once_one_wins() {
    let house = House::new().await;
    for _ in 0..20 {
        let submitted = house.submitted().await;
        let report = house.report(&submitted, Outcome::Approved).await;
        // The orchestrator's row decides in earnest; here both may come, and the contract must still be one or the other.
        let (edited, applied) = tokio::join!(house.edit(&submitted, "新条款"), house.deliver_as(report));
        let contract = house.read(&submitted.name).await;
        match (edited, applied) {
            (Ok(_), false) => assert_eq!((contract.state(), contract.revision), (State::Draft, 2)),
            (Err(_), true) => assert_eq!((contract.state(), contract.revision), (State::Approved, 1)),
            both => panic!("{both:?} made {:?}", contract.state()),
        }
    }
}
