//! Two replicas of every service over one database, the real binary and a real PostgreSQL. Every point before and after a commit or
//! a call to another service ends a process once, and has its step done twice once; and nothing is lost, and nothing is done twice.
//!
//! First the acts ([`acts`]) are played undisturbed. That shows which points there are, in which act each is passed, and what every
//! act leaves behind. Then they are played again:
//! - **aborted**: for every point once, by the process that passes it first;
//! - **repeated**: every step that an act takes is done twice while the act is played, and every call that changes something is sent
//!   to both replicas at the same instant.
//!
//! However often a process ended and whatever was done again, the act has to come to its end, to leave exactly what it left when it
//! was undisturbed ([`traces`]: the events, the histories, the movements of credit), and what must always hold has to hold.
//!
//! `FAILPOINT=words cargo test -p salient --test faults` plays only points with these words in their names, `FAILPOINT_LANES` says
//! how many houses are played in at a time.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code: what goes wrong in it is the test's failure"
)]

mod acts;
mod coverage;
mod house;
mod kills;
mod lanes;
mod play;
mod points;
mod replica;
mod traces;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::Write as _,
    time::Instant,
};

use salient_failpoints::Action;
use salient_testkit::Manner;

use crate::{
    acts::{ACTS, Act},
    house::House,
    lanes::{Case, run},
    play::{Played, play},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_point_is_survived_and_every_step_is_done_twice() {
    let started = Instant::now();
    let undisturbed = undisturbed().await;
    let mut points: BTreeMap<String, Act> = BTreeMap::new();
    let mut of_act: BTreeMap<Act, BTreeSet<String>> = BTreeMap::new();
    for (act, played) in &undisturbed {
        for (point, times) in &played.passed {
            let most = points
                .get(point)
                .is_none_or(|best| undisturbed[best].passed[point] < *times);
            if most {
                points.insert(point.clone(), *act);
            }
        }
    }
    let all: BTreeSet<_> = points.keys().cloned().collect();
    coverage::check(&all);
    if let Ok(words) = env::var("FAILPOINT") {
        points.retain(|point, _| point.contains(&words));
    }
    for (point, act) in &points {
        println!("{point}\t{act:?}");
        of_act.entry(*act).or_default().insert(point.clone());
    }
    println!("{} points found after {:?}", points.len(), started.elapsed());

    let abort = points.iter().map(|(point, act)| Case {
        act: *act,
        action: Action::Abort,
        points: BTreeSet::from([point.clone()]),
    });
    let repeat = of_act.into_iter().map(|(act, points)| Case {
        act,
        action: Action::Repeat,
        points,
    });
    let done = run(repeat.chain(abort).collect(), &undisturbed).await;
    let others: Vec<_> = done.passed.iter().filter(|point| !all.contains(*point)).collect();
    // Past the harness, which keeps to itself what a test prints that passes.
    let mut output = std::io::stderr();
    writeln!(
        output,
        "\nfailpoints: {} points, {} aborted, {} repeated",
        points.len(),
        done.aborted,
        done.repeated
    )
    .unwrap();
    if !others.is_empty() {
        writeln!(output, "passed only while something else was broken: {others:?}").unwrap();
    }
    println!("after {:?}", started.elapsed());
    assert!(
        done.wrong.is_empty(),
        "{} cases went wrong:\n{}",
        done.wrong.len(),
        done.wrong.join("\n\n")
    );
    assert_eq!((done.aborted, done.repeated), (points.len(), points.len()));
}

/// Every act as it is when nothing is broken.
async fn undisturbed() -> BTreeMap<Act, Played> {
    let house = House::start().await;
    let department = house.department_calling(Manner::ByTurns).await;
    let mut undisturbed = BTreeMap::new();
    for act in ACTS {
        let played = play(&house, &department, act).await;
        let played = played.unwrap_or_else(|wrong| panic!("{act:?}: {wrong}\n{}", house.log()));
        undisturbed.insert(act, played);
    }
    house.stop().await;
    undisturbed
}
