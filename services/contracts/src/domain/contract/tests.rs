use jiff::Timestamp;
use rust_decimal::dec;
use uuid::Uuid;

use super::{Contract, Outcome, Refusal, Report, State};
use crate::domain::testing::{content, draft};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const APPROVAL: Uuid = Uuid::from_u128(100);

fn submitted() -> Contract {
    let mut contract = draft();
    contract.submit(APPROVAL, NOW).expect("complete");
    contract
}

fn report(contract: &Contract, outcome: Outcome) -> Report {
    let sign_off = contract.head.sign_off.as_ref().expect("submitted");
    Report {
        approval: sign_off.approval,
        round: sign_off.round,
        revision: contract.head.revision,
        digest: contract.digest,
        outcome,
        comment: "因为".into(),
        actor: "employees/2".into(),
        time: NOW,
    }
}

#[test]
fn an_outcome_applies_to_exactly_what_was_judged() {
    let mut contract = submitted();
    let approved = report(&contract, Outcome::Approved);
    let others = [
        Report {
            approval: Uuid::nil(),
            ..approved.clone()
        },
        Report {
            round: 2,
            ..approved.clone()
        },
        Report {
            revision: 2,
            ..approved.clone()
        },
        Report {
            digest: [0; 32],
            ..approved.clone()
        },
    ];
    for other in others {
        assert!(!contract.end_sign_off(&other, NOW), "{other:?}");
    }
    assert!(contract.end_sign_off(&approved, NOW));
    assert_eq!(contract.head.state, State::Approved);
    // Once only: what was decided stays.
    assert!(!contract.end_sign_off(&report(&contract, Outcome::Rejected), NOW));
}

#[test]
fn an_edit_leaves_the_judgement_of_the_old_content_without_effect() {
    let mut contract = submitted();
    let approved = report(&contract, Outcome::Approved);
    assert!(contract.edit(content(), false, NOW).is_err());
    contract.edit(content(), true, NOW).expect("superseded");
    assert_eq!(contract.head.state, State::Draft);
    assert!(!contract.end_sign_off(&approved, NOW));
    // Not even after the same content was submitted again.
    contract.submit(Uuid::from_u128(101), NOW).expect("complete");
    assert!(!contract.end_sign_off(&approved, NOW));
    assert_eq!(contract.head.state, State::InApproval);
}

#[test]
fn a_returned_contract_goes_on_in_the_next_round_of_the_same_approval() {
    let mut contract = submitted();
    assert!(contract.end_sign_off(&report(&contract, Outcome::Returned), NOW));
    contract.edit(content(), false, NOW).expect("returned");
    contract.submit(Uuid::from_u128(101), NOW).expect("complete");
    let sign_off = contract.head.sign_off.as_ref().expect("submitted");
    assert_eq!((sign_off.approval, sign_off.round), (APPROVAL, 2));
}

#[test]
fn an_edit_that_superseded_a_returned_sign_off_begins_anew() {
    let mut contract = submitted();
    assert!(contract.end_sign_off(&report(&contract, Outcome::Returned), NOW));
    contract.edit(content(), true, NOW).expect("returned");
    assert_eq!(contract.head.state, State::Draft);
    contract.submit(Uuid::from_u128(101), NOW).expect("complete");
    let sign_off = contract.head.sign_off.as_ref().expect("submitted");
    assert_eq!((sign_off.approval, sign_off.round), (Uuid::from_u128(101), 1));
}

#[test]
fn a_withdrawal_that_meets_a_resubmission_ends_it() {
    let mut contract = submitted();
    assert!(contract.end_sign_off(&report(&contract, Outcome::Returned), NOW));
    let withdrawn = report(&contract, Outcome::Withdrawn);
    contract.submit(Uuid::from_u128(101), NOW).expect("complete");
    assert!(contract.end_sign_off(&withdrawn, NOW));
    assert_eq!(contract.head.state, State::Draft);
    // The next submission is a new approval.
    contract.submit(Uuid::from_u128(101), NOW).expect("complete");
    let sign_off = contract.head.sign_off.as_ref().expect("submitted");
    assert_eq!((sign_off.approval, sign_off.round), (Uuid::from_u128(101), 1));
}

#[test]
fn an_incomplete_contract_is_not_submitted() {
    let mut contract = draft();
    contract.content.liability.clear();
    let before = contract.clone();
    assert!(matches!(
        contract.submit(APPROVAL, NOW),
        Err(Refusal::Incomplete { .. })
    ));
    assert_eq!(contract, before);
}

#[test]
fn an_edit_makes_a_revision_with_new_sums_and_digest() {
    let mut contract = draft();
    let mut changed = content();
    changed.payments.clear();
    changed.lines[1].quantity = dec!(20);
    contract.edit(changed, false, NOW).expect("a draft");
    assert_eq!((contract.head.revision, contract.head.version), (2, 2));
    assert_eq!(contract.head.amounts.total, dec!(101000.00));
    assert_ne!(contract.digest, draft().digest);
}

#[test]
fn nothing_is_archived_without_its_signed_file() {
    let mut contract = submitted();
    assert!(contract.end_sign_off(&report(&contract, Outcome::Approved), NOW));
    let signing = super::Signing {
        date: jiff::civil::date(2026, 11, 24),
        company: "王伟".into(),
        customer: "陈静".into(),
    };
    contract.head.sign(signing, NOW).expect("approved");
    assert!(matches!(
        contract.head.archive(NOW),
        Err(Refusal::SignedFileMissing(_))
    ));
    assert_eq!(contract.head.add_file(NOW), Ok(1));
    assert_eq!(contract.head.add_file(NOW), Ok(2));
    contract.head.archive(NOW).expect("filed");
    assert_eq!(contract.head.state, State::Archived);
}
