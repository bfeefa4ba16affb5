//! One visit of a step, as the model sees it: places at a table, who sits at each, and the tasks they were given.
//!
//! Nothing is kept about how a place stands. What it says, who is wanted and who is not any more is worked out from the tasks each
//! time anybody asks.

use salient_proto::approval::v1::{SignerPosition, task::State as TaskState, visit::State as VisitState};

use super::policies::{Mode, Person, Step};

#[derive(Clone, Debug)]
pub struct Visit {
    pub step: usize,
    /// Which visit of the step, from 1.
    pub number: i32,
    pub round: i32,
    pub state: VisitState,
    /// Everybody who has a part, in the order in which they came.
    pub table: Vec<Person>,
    pub places: Vec<Place>,
    pub tasks: Vec<Task>,
    pub timer: Option<Timer>,
}

/// A place at the table: of somebody whom the policy asks, or of a signer.
#[derive(Clone, Debug)]
pub struct Place {
    pub owner: Person,
    pub weight: i64,
    /// Others who may answer for it.
    pub others: Vec<Person>,
    /// How it was added; `None` where the policy asks.
    pub added: Option<Added>,
}

#[derive(Clone, Debug)]
pub struct Added {
    pub by: Person,
    /// The owners of the places that need its yes as well.
    pub to: Vec<Person>,
    pub when: SignerPosition,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub who: Person,
    pub state: TaskState,
    /// The task whose assignee wants an opinion.
    pub opinion_for: Option<usize>,
    /// Whether the clock decided it.
    pub by_clock: bool,
}

/// The clock of a visit, in minutes.
#[derive(Clone, Debug)]
pub struct Timer {
    pub due: i64,
    pub next: Option<i64>,
    pub passed: i64,
}

/// How a visit's ballots stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Undecided,
    Yes,
    No,
}

pub fn is_live(state: TaskState) -> bool {
    matches!(
        state,
        TaskState::Pending | TaskState::Waiting | TaskState::Delegated
    )
}

impl Visit {
    pub fn place(&self, owner: Person) -> Option<&Place> {
        self.places.iter().find(|place| place.owner == owner)
    }

    /// Who may answer for a place, in the order in which they came to the table.
    pub fn sitting(&self, owner: Person) -> Vec<Person> {
        let others = self
            .place(owner)
            .map(|place| place.others.clone())
            .unwrap_or_default();
        let at = |person: &&Person| **person == owner || others.contains(person);
        self.table.iter().filter(at).copied().collect()
    }

    /// The owners of the places that somebody answers for.
    pub fn answers_for(&self, person: Person) -> Vec<Person> {
        if self.place(person).is_some() {
            return vec![person];
        }
        let places = self.places.iter().filter(|place| place.others.contains(&person));
        places.map(|place| place.owner).collect()
    }

    /// The newest task by which somebody decides.
    pub fn deciding_task(&self, person: Person) -> Option<usize> {
        self.tasks
            .iter()
            .rposition(|task| task.who == person && task.opinion_for.is_none())
    }

    fn deciding_state(&self, person: Person) -> Option<TaskState> {
        self.deciding_task(person).map(|task| self.tasks[task].state)
    }

    /// What those who sit at a place have said, its signers left out.
    pub fn said(&self, owner: Person) -> Option<bool> {
        self.sitting(owner)
            .into_iter()
            .find_map(|person| match self.deciding_state(person)? {
                TaskState::Approved | TaskState::CarriedOver => Some(true),
                TaskState::Rejected => Some(false),
                _ => None,
            })
    }

    pub fn signers(&self, owner: Person) -> Vec<Person> {
        let added = |place: &&Place| {
            place
                .added
                .as_ref()
                .is_some_and(|added| added.to.contains(&owner))
        };
        self.places
            .iter()
            .filter(added)
            .map(|place| place.owner)
            .collect()
    }

    /// The signers of one kind.
    pub fn signing(&self, owner: Person, when: SignerPosition) -> Vec<Person> {
        let mut signers = self.signers(owner);
        signers.retain(|signer| {
            let added = self.place(*signer).and_then(|place| place.added.as_ref());
            added.is_some_and(|added| added.when == when)
        });
        signers
    }

    /// What a place says: yes only where its signers say so too, no as soon as anybody does.
    pub fn says(&self, owner: Person) -> Option<bool> {
        let mut words = vec![self.said(owner)];
        words.extend(self.signers(owner).into_iter().map(|signer| self.says(signer)));
        if words.contains(&Some(false)) {
            Some(false)
        } else if words.contains(&None) {
            None
        } else {
            Some(true)
        }
    }

    /// The owners of the places that the policy counts.
    pub fn voters(&self) -> Vec<Person> {
        let counted = self.places.iter().filter(|place| place.added.is_none());
        counted.map(|place| place.owner).collect()
    }

    fn weight_of(&self, step: &Step, say: impl Fn(Option<bool>) -> bool) -> i64 {
        let places = self.places.iter().filter(|place| place.added.is_none());
        let saying = places.filter(|place| say(self.says(place.owner)));
        saying
            .map(|place| {
                if matches!(step.mode, Mode::Weight(_)) {
                    place.weight
                } else {
                    1
                }
            })
            .sum()
    }

    /// How the ballots stand: won once no further vote can lose it, lost once none can win it.
    pub fn verdict(&self, step: &Step) -> Verdict {
        let all = self.voters().len() as i64;
        let yes = self.weight_of(step, |say| say == Some(true));
        let at_most = self.weight_of(step, |say| say != Some(false));
        let no = self.voters().iter().any(|voter| self.says(*voter) == Some(false));
        let (won, lost) = match step.mode {
            Mode::All | Mode::InTurn => (yes == all, no),
            Mode::Any => (yes > 0 && !no, no),
            Mode::Count(needed) | Mode::Weight(needed) => (yes >= needed, at_most < needed),
            Mode::Ratio(part, whole) => (yes * whole >= part * all, at_most * whole < part * all),
        };
        if won {
            Verdict::Yes
        } else if lost {
            Verdict::No
        } else {
            Verdict::Undecided
        }
    }

    /// The places whose holders have to be asked now, one after the other: of the voters who have said nothing, each with those who
    /// sign beside or before them, or after them once they have spoken.
    pub fn to_ask(&self, step: &Step) -> Vec<Person> {
        let mut silent = self.voters();
        silent.retain(|voter| self.says(*voter).is_none());
        if step.mode == Mode::InTurn {
            silent.truncate(1);
        }
        silent.iter().flat_map(|voter| self.to_ask_at(*voter)).collect()
    }

    fn to_ask_at(&self, owner: Person) -> Vec<Person> {
        let silent = |when| {
            let mut signers = self.signing(owner, when);
            signers.retain(|signer| self.says(*signer).is_none());
            signers
        };
        let before = silent(SignerPosition::Before);
        let mut now = silent(SignerPosition::Beside);
        let itself = before.is_empty() && self.said(owner).is_none();
        now.extend(&before);
        if before.is_empty() && !itself {
            now.extend(silent(SignerPosition::After));
        }
        let mut asked: Vec<Person> = now.iter().flat_map(|signer| self.to_ask_at(*signer)).collect();
        if itself {
            asked.push(owner);
        }
        asked
    }

    /// Whether what a place says still makes a difference.
    fn matters(&self, owner: Person) -> bool {
        let added = self.place(owner).and_then(|place| place.added.as_ref());
        self.says(owner).is_none() && added.is_none_or(|added| added.to.iter().any(|to| self.matters(*to)))
    }

    pub fn give(&mut self, who: Person, opinion_for: Option<usize>) -> usize {
        self.tasks.push(Task {
            who,
            state: TaskState::Pending,
            opinion_for,
            by_clock: false,
        });
        self.tasks.len() - 1
    }

    /// Ends a task, and with it the opinion that it waits for.
    pub fn end_task(&mut self, task: usize, state: TaskState) {
        self.tasks[task].state = state;
        for opinion in 0..self.tasks.len() {
            if self.tasks[opinion].opinion_for == Some(task) && is_live(self.tasks[opinion].state) {
                self.end_task(opinion, TaskState::Closed);
            }
        }
    }

    pub fn live(&self) -> Vec<usize> {
        (0..self.tasks.len())
            .filter(|task| is_live(self.tasks[*task].state))
            .collect()
    }

    pub fn close_live(&mut self) {
        for task in self.live() {
            self.end_task(task, TaskState::Closed);
        }
    }

    /// Closes the tasks of those whose answer would change nothing any more.
    pub fn dismiss(&mut self) {
        for task in self.live() {
            let decides = self.tasks[task].opinion_for.is_none();
            let places = self.answers_for(self.tasks[task].who);
            if decides && is_live(self.tasks[task].state) && !places.iter().any(|place| self.matters(*place))
            {
                self.end_task(task, TaskState::Closed);
            }
        }
    }

    /// Has a place's holders asked: its owner the first time, later whoever waited or was sent away. Answers with the owner's task
    /// where it is their first.
    pub fn ask(&mut self, owner: Person) -> Option<usize> {
        let sitting = self.sitting(owner);
        let tasks: Vec<usize> = sitting
            .into_iter()
            .filter_map(|person| self.deciding_task(person))
            .collect();
        if tasks.is_empty() {
            return Some(self.give(owner, None));
        }
        if let Some(waiting) = tasks
            .iter()
            .find(|task| self.tasks[**task].state == TaskState::Waiting)
        {
            self.tasks[*waiting].state = TaskState::Pending;
        }
        if !tasks.iter().any(|task| is_live(self.tasks[*task].state)) {
            for task in tasks {
                if self.tasks[task].state == TaskState::Closed {
                    self.give(self.tasks[task].who, None);
                }
            }
        }
        None
    }

    /// How far a place is from one of the policy.
    pub fn depth(&self, owner: Person) -> usize {
        let added = self.place(owner).and_then(|place| place.added.as_ref());
        added.map_or(0, |added| {
            1 + added
                .to
                .iter()
                .map(|to| self.depth(*to))
                .max()
                .unwrap_or_default()
        })
    }

    /// The places of the policy that a place belongs to.
    pub fn roots(&self, owner: Person) -> Vec<Person> {
        match self.place(owner).and_then(|place| place.added.as_ref()) {
            Some(added) => added.to.iter().flat_map(|to| self.roots(*to)).collect(),
            None => vec![owner],
        }
    }

    /// Whether somebody has a part already, or is asked for an opinion.
    pub fn knows(&self, person: Person) -> bool {
        self.table.contains(&person) || self.opines(person)
    }

    pub fn opines(&self, person: Person) -> bool {
        let asked = |task: &Task| task.who == person && task.opinion_for.is_some() && is_live(task.state);
        self.tasks.iter().any(asked)
    }

    /// Seats somebody in the place of others.
    pub fn seat(&mut self, person: Person, places: &[Person]) {
        if !self.table.contains(&person) {
            self.table.push(person);
        }
        for place in &mut self.places {
            if places.contains(&place.owner) {
                place.others.push(person);
            }
        }
    }

    /// Takes a signer's place away, with those who were added to it alone and those who sit there alone.
    pub fn clear(&mut self, owner: Person) {
        for signer in self.signers(owner) {
            let added = self.place(signer).and_then(|place| place.added.as_ref());
            if added.is_some_and(|added| added.to == [owner]) {
                self.clear(signer);
            }
        }
        for task in self.live() {
            let Task {
                who,
                state,
                opinion_for,
                ..
            } = self.tasks[task];
            if opinion_for.is_none() && is_live(state) && self.answers_for(who) == [owner] {
                self.end_task(task, TaskState::Closed);
            }
        }
        self.places.retain(|place| place.owner != owner);
        let table = std::mem::take(&mut self.table);
        self.table = table
            .into_iter()
            .filter(|person| !self.answers_for(*person).is_empty())
            .collect();
    }
}
