//! An approval in words, the same for the model's and the service's, so that a difference can be read.

use std::{collections::BTreeMap, fmt::Write as _};

use salient_proto::approval::v1::{self as proto, SignerPosition};
use salient_testkit::Person;

use super::{approval::Approval, policies::step_id, visit::Visit};

/// The tasks' names: by visit, by assignee, and in the order in which somebody got several.
pub type Names = BTreeMap<(usize, usize, usize), String>;

/// The service's approval in words, and the names of its tasks.
pub fn described(people: &[Person], read: &proto::Approval) -> (String, Names) {
    let person = |name: &String| people.iter().position(|person| person.name() == *name).unwrap();
    let reason = read.attention.as_ref().map(proto::Attention::reason);
    let mut text = heading(read.state(), read.round, reason);
    let mut names = Names::new();
    for (at, visit) in read.visits.iter().enumerate() {
        write!(
            text,
            "\n{} {} of round {}: {:?}",
            visit.step,
            visit.visit,
            visit.round,
            visit.state()
        )
        .unwrap();
        for asked in &visit.approvers {
            let added = (!asked.added_by.is_empty()).then(|| (person(&asked.added_by), asked.position()));
            let stands_for = asked.stands_for.iter().map(person).collect();
            text.push_str(&seated(person(&asked.employee), stands_for, added));
        }
        let mut tasks: Vec<_> = visit.tasks.iter().collect();
        tasks.sort_by_key(|task| (person(&task.assignee), task.name.clone()));
        for task in tasks {
            let who = person(&task.assignee);
            let nth = (0..).find(|nth| !names.contains_key(&(at, who, *nth))).unwrap();
            names.insert((at, who, nth), task.name.clone());
            text.push_str(&given(who, task.state(), !task.opinion_for.is_empty()));
        }
    }
    (text, names)
}

/// Which of its assignee's tasks one is.
pub fn nth(visit: &Visit, task: usize) -> usize {
    let who = visit.tasks[task].who;
    visit.tasks[..task]
        .iter()
        .filter(|earlier| earlier.who == who)
        .count()
}

fn heading(state: proto::approval::State, round: i32, attention: Option<proto::attention::Reason>) -> String {
    format!("{state:?} in round {round} {attention:?}")
}

fn seated(person: usize, mut stands_for: Vec<usize>, added: Option<(usize, SignerPosition)>) -> String {
    stands_for.sort_unstable();
    format!("\n  seat of {person} for {stands_for:?} added {added:?}")
}

fn given(who: usize, state: proto::task::State, opinion: bool) -> String {
    format!(
        "\n  task of {who} {state:?}{}",
        if opinion { " (opinion)" } else { "" }
    )
}

/// The model's approval in the same words.
pub fn expected(approval: &Approval) -> String {
    let mut text = heading(approval.state, approval.round, approval.attention);
    for visit in &approval.visits {
        let step = step_id(visit.step);
        write!(
            text,
            "\n{step} {} of round {}: {:?}",
            visit.number, visit.round, visit.state
        )
        .unwrap();
        for person in &visit.table {
            let own = visit.place(*person);
            let added = own
                .and_then(|place| place.added.as_ref())
                .map(|added| (added.by, added.when));
            let stands_for = if own.is_some() {
                Vec::new()
            } else {
                visit.answers_for(*person)
            };
            text.push_str(&seated(*person, stands_for, added));
        }
        let mut tasks: Vec<_> = visit.tasks.iter().collect();
        tasks.sort_by_key(|task| task.who);
        for task in tasks {
            text.push_str(&given(task.who, task.state, task.opinion_for.is_some()));
        }
    }
    text
}
