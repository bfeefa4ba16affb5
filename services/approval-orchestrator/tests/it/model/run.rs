//! Plays many cases at once, each worker with replicas, a database and a clock of its own.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use proptest_state_machine::{ReferenceStateMachine as _, StateMachineTest as _};
use tokio::runtime::Builder;

use super::{
    coverage::Coverage,
    model::Model,
    system::{STAGE, Stage, System},
    world::World,
};

const WORKERS: u8 = 4;
/// Cases of each worker, and transitions of each case.
const CASES: u32 = 125;
const TRANSITIONS: usize = 40;
const LEAST: usize = 20_000;

/// Which run: another number makes another one. Each is the same every time, whatever the machine.
fn seed() -> u8 {
    std::env::var("SALIENT_MODEL_SEED").map_or(1, |seed| seed.parse().expect("a number below 256"))
}

fn work(worker: u8, stage: Stage, played: &Arc<AtomicUsize>) -> Result<(), String> {
    STAGE.set(Some(stage));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        // What fails is told step by step; a database is no place to look for shorter ways to it.
        max_shrink_iters: 0,
        ..Config::default()
    };
    let mut bytes = [worker; 32];
    bytes[0] = seed();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config.clone(), rng);
    let cases = Model::sequential_strategy(TRANSITIONS..=TRANSITIONS);
    let outcome = runner.run(&cases, |(standing, transitions, _)| {
        let length = transitions.len();
        System::test_sequential(config.clone(), standing, transitions, None);
        played.fetch_add(length, Ordering::Relaxed);
        Ok(())
    });
    outcome.map_err(|error| match error {
        TestError::Fail(reason, _) => format!("worker {worker}: {reason}"),
        TestError::Abort(reason) => format!("worker {worker} gave up: {reason}"),
    })
}

#[test]
fn the_service_does_what_the_model_does() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (coverage, played) = (Arc::new(Coverage::default()), Arc::new(AtomicUsize::new(0)));
    let start = std::time::Instant::now();
    let outcomes: Vec<Result<(), String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..=WORKERS)
            .map(|worker| {
                let (handle, coverage, played) = (
                    runtime.handle().clone(),
                    Arc::clone(&coverage),
                    Arc::clone(&played),
                );
                scope.spawn(move || {
                    let world = Arc::new(handle.block_on(World::open()));
                    let stage = Stage {
                        runtime: handle.clone(),
                        world: Arc::clone(&world),
                        coverage,
                    };
                    let outcome = work(worker, stage, &played);
                    STAGE.set(None);
                    world.close();
                    outcome
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let played = played.load(Ordering::Relaxed);
    let (refused, all, accepted) = coverage.illegal();
    // Not by `print!`, which a test that passes keeps to itself: the run says what it has covered.
    writeln!(
        std::io::stderr(),
        "{}\n{played} transitions of run {} in {:?}; {refused} of {all} illegal cells were tried, and refused",
        coverage.print(),
        seed(),
        start.elapsed()
    )
    .unwrap();
    let diverged: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(diverged.is_empty(), "{}", diverged.join("\n\n"));
    assert!(played >= LEAST, "{played} transitions");
    assert_eq!(coverage.missed(), [], "legal, and never accepted");
    assert_eq!(accepted, [], "accepted against the tables");
    // Of the others, most cannot be tried: a participant answers only what it is asked.
    assert!(refused * 10 >= all * 8, "{refused} of {all}");
}
