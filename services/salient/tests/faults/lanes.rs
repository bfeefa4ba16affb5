//! Cases, played in several houses at a time: most of a case is waiting.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    env,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::future::join_all;
use salient_failpoints::Action;
use salient_testkit::Manner;
use salient_tests::company::Department;

use crate::{
    acts::Act,
    house::House,
    play::{Played, play},
    replica::Ends,
};

/// How many houses there are, unless `FAILPOINT_LANES` says otherwise.
const LANES: usize = 5;
/// How many acts are played until all the points that are armed were passed. Some are passed only now and then, such as before a call
/// whose answer is kept for a while.
const PLAYS: usize = 8;
/// How long a process may take to end.
const ENDING: Duration = Duration::from_secs(10);
/// How much of what the replicas had to say is shown.
const LOG: usize = 6_000;

/// What is done at some points while an act is played.
#[derive(Debug, Clone)]
pub struct Case {
    pub act: Act,
    pub action: Action,
    pub points: BTreeSet<String>,
}

/// What came of all cases.
#[derive(Debug, Default)]
pub struct Done {
    /// At how many points a process ended.
    pub aborted: usize,
    /// At how many points a step was done twice.
    pub repeated: usize,
    /// The points that were passed.
    pub passed: BTreeSet<String>,
    /// What went wrong.
    pub wrong: Vec<String>,
}

/// Plays every case.
pub async fn run(cases: Vec<Case>, undisturbed: &BTreeMap<Act, Played>) -> Done {
    let lanes = env::var("FAILPOINT_LANES").map_or(LANES, |lanes| lanes.parse().unwrap());
    let (cases, done) = (Mutex::new(VecDeque::from(cases)), Mutex::new(Done::default()));
    join_all((0..lanes).map(|_| lane(&cases, &done, undisturbed))).await;
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

async fn lane(cases: &Mutex<VecDeque<Case>>, done: &Mutex<Done>, undisturbed: &BTreeMap<Act, Played>) {
    let next = || cases.lock().unwrap().pop_front();
    let mut lane = None;
    while let Some(case) = next() {
        let (house, by_turns, twice) = match lane.take() {
            Some(lane) => lane,
            None => open().await,
        };
        let department = match case.action {
            Action::Abort => &by_turns,
            Action::Repeat => &twice,
        };
        let mut passed = BTreeSet::new();
        let played = one(&house, department, &case, undisturbed, &mut passed);
        let wrong = played.await.err();
        {
            let mut done = done.lock().unwrap();
            let fired = case
                .points
                .iter()
                .filter(|point| house.points.fired(point))
                .count();
            match case.action {
                Action::Abort => done.aborted += fired,
                Action::Repeat => done.repeated += fired,
            }
            done.passed.append(&mut passed);
            if let Some(wrong) = &wrong {
                let (case, log) = (format!("{case:?}"), house.log());
                let from = log.len().saturating_sub(LOG);
                let from = (from..)
                    .find(|from| log.is_char_boundary(*from))
                    .unwrap_or_default();
                let wrong = format!("{case}:\n{wrong}\n{}", &log[from..]);
                eprintln!("{wrong}");
                done.wrong.push(wrong);
            }
        }
        if wrong.is_some() {
            // What it left would be held against the next.
            house.stop().await;
        } else {
            house.points.forget();
            lane = Some((house, by_turns, twice));
        }
    }
    if let Some((house, ..)) = lane {
        house.stop().await;
    }
}

async fn open() -> (House, Department, Department) {
    let house = House::start().await;
    let by_turns = house.department_calling(Manner::ByTurns).await;
    let twice = house.department_calling(Manner::Twice).await;
    (house, by_turns, twice)
}

/// Plays one case.
async fn one(
    house: &House,
    department: &Department,
    case: &Case,
    undisturbed: &BTreeMap<Act, Played>,
    passed: &mut BTreeSet<String>,
) -> Result<(), String> {
    let before = house.ends();
    for point in &case.points {
        house.points.arm(point, case.action);
    }
    let mut act = case.act;
    for plays in 1.. {
        let played = play(house, department, act).await;
        let played = played.inspect_err(|_| house.points.disarm())?;
        println!(
            "{:?} {act:?} in {:?}: {:?}",
            case.action, played.took, case.points
        );
        passed.extend(played.passed.into_keys());
        let expected = &undisturbed[&act].trace;
        if played.trace != *expected {
            house.points.disarm();
            return Err(format!(
                "{act:?} left {:?}\ninstead of {expected:?}",
                played.trace
            ));
        }
        let armed = house.points.armed();
        let Some(point) = armed.first() else {
            break;
        };
        if plays == PLAYS {
            house.points.disarm();
            return Err(format!("armed but not reached: {armed:?}"));
        }
        // The next act that passes it, by services that have forgotten what others told them.
        let acts: Vec<Act> = undisturbed
            .iter()
            .filter(|(_, played)| played.passed.contains_key(point))
            .map(|(act, _)| *act)
            .collect();
        let this = acts.iter().position(|other| *other == act);
        act = acts[this.map_or(0, |this| this + 1) % acts.len()];
        for replica in &house.replicas {
            replica.kill();
        }
    }
    let aborts = match case.action {
        Action::Abort => case.points.len(),
        Action::Repeat => 0,
    };
    // The last of them may just be ending.
    let until = Instant::now() + ENDING;
    while house.ends().aborted - before.aborted < aborts && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let Ends { aborted, others } = house.ends();
    if aborted - before.aborted != aborts {
        return Err(format!("{} processes were aborted", aborted - before.aborted));
    }
    // A step that a service takes while it starts is done once more by starting once more.
    let starting = case.action == Action::Repeat && case.points.iter().any(|point| point.contains(" start "));
    if others.len() != before.others.len() && !starting {
        return Err(format!("processes ended by themselves: {others:?}"));
    }
    Ok(())
}
