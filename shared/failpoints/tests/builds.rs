//! Which builds have points: run it with and without `--release`.

use std::{env, process::Command};

use salient_failpoints::{Moment, Order, Point, VARIABLE, active, pass};

const POINT: Point<'_> = Point {
    owner: "contracts",
    operation: "/salient.contracts.v1.ContractService/SignContract",
    step: "contract_sign",
    moment: Moment::AfterCommit,
};
const NAME: &str = "contracts salient.contracts.v1.ContractService.SignContract contract_sign after-commit";

#[test]
fn a_point_goes_by_what_it_is_at() {
    assert_eq!(POINT.to_string(), NAME);
    assert_eq!(
        active(),
        env::var_os(VARIABLE).is_some() && cfg!(debug_assertions)
    );
    assert_eq!(pass(POINT), Order::GoOn);
}

/// Runs the test above once more, in a process that was given a folder.
#[test]
fn builds_with_debug_assertions_have_points_and_others_have_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let passed = Command::new(env::current_exe().expect("this test"))
        .args(["--exact", "a_point_goes_by_what_it_is_at"])
        .env(VARIABLE, folder.path())
        .status()
        .expect("started");
    assert!(passed.success());
    assert_eq!(folder.path().join("passed").exists(), cfg!(debug_assertions));
}
