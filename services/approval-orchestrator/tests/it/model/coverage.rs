//! Which cells of the two tables a run has reached: the state of an approval × what happens to it, and the state of a task × what is
//! done with it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

use salient_proto::approval::v1::{approval::State, task::State as TaskState};

use super::{
    acts::{Act, Deed, Refusal},
    approval::{Approval, Question},
};

/// One cell: which table, which row, which column, and whether it was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub table: &'static str,
    pub row: &'static str,
    pub column: &'static str,
    pub accepted: bool,
}

pub const APPROVALS: &str = "approvals";
pub const TASKS: &str = "tasks";

const STATES: [State; 11] = [
    State::Reserving,
    State::Pending,
    State::Returned,
    State::Suspended,
    State::Confirming,
    State::Approved,
    State::Rejected,
    State::Withdrawn,
    State::Refused,
    State::Superseded,
    State::Cancelled,
];

const TASK_STATES: [TaskState; 10] = [
    TaskState::Pending,
    TaskState::Approved,
    TaskState::Rejected,
    TaskState::Returned,
    TaskState::Closed,
    TaskState::CarriedOver,
    TaskState::Transferred,
    TaskState::Delegated,
    TaskState::Waiting,
    TaskState::TakenBack,
];

const EVENTS: [&str; 15] = [
    "RESERVED",
    "REFUSED",
    "APPROVE",
    "REJECT",
    "RETURN_TO_STEP",
    "RETURN_TO_SUBMITTER",
    "RESUBMIT",
    "WITHDRAW",
    "SUPERSEDE",
    "CONFIRMED",
    "RESUME",
    "REARRANGE",
    "REMOVE_SIGNER",
    "TAKE_BACK",
    "CANCEL",
];

const VERBS: [&str; 9] = [
    "APPROVE",
    "REJECT",
    "RETURN",
    "TRANSFER",
    "DELEGATE",
    "ADD_SIGNERS",
    "REMOVE_SIGNER",
    "TAKE_BACK",
    "REASSIGN",
];

/// What is legal, as it was reviewed: each has to have been accepted.
const LEGAL: [(&str, &str, &str); 39] = [
    (APPROVALS, "RESERVING", "RESERVED"),
    (APPROVALS, "RESERVING", "REFUSED"),
    (APPROVALS, "RESERVING", "WITHDRAW"),
    (APPROVALS, "RESERVING", "SUPERSEDE"),
    (APPROVALS, "RESERVING", "CANCEL"),
    (APPROVALS, "PENDING", "APPROVE"),
    (APPROVALS, "PENDING", "REJECT"),
    (APPROVALS, "PENDING", "RETURN_TO_STEP"),
    (APPROVALS, "PENDING", "RETURN_TO_SUBMITTER"),
    (APPROVALS, "PENDING", "WITHDRAW"),
    (APPROVALS, "PENDING", "SUPERSEDE"),
    (APPROVALS, "PENDING", "REARRANGE"),
    (APPROVALS, "PENDING", "REMOVE_SIGNER"),
    (APPROVALS, "PENDING", "TAKE_BACK"),
    (APPROVALS, "PENDING", "CANCEL"),
    (APPROVALS, "RETURNED", "RESUBMIT"),
    (APPROVALS, "RETURNED", "WITHDRAW"),
    (APPROVALS, "RETURNED", "SUPERSEDE"),
    (APPROVALS, "RETURNED", "CANCEL"),
    (APPROVALS, "SUSPENDED", "WITHDRAW"),
    (APPROVALS, "SUSPENDED", "SUPERSEDE"),
    (APPROVALS, "SUSPENDED", "RESUME"),
    (APPROVALS, "SUSPENDED", "TAKE_BACK"),
    (APPROVALS, "SUSPENDED", "CANCEL"),
    (APPROVALS, "CONFIRMING", "CONFIRMED"),
    (TASKS, "PENDING", "APPROVE"),
    (TASKS, "PENDING", "REJECT"),
    (TASKS, "PENDING", "RETURN"),
    (TASKS, "PENDING", "TRANSFER"),
    (TASKS, "PENDING", "DELEGATE"),
    (TASKS, "PENDING", "ADD_SIGNERS"),
    (TASKS, "PENDING", "REMOVE_SIGNER"),
    (TASKS, "PENDING", "REASSIGN"),
    (TASKS, "WAITING", "REMOVE_SIGNER"),
    (TASKS, "WAITING", "REASSIGN"),
    (TASKS, "DELEGATED", "TAKE_BACK"),
    (TASKS, "DELEGATED", "REASSIGN"),
    (TASKS, "APPROVED", "TAKE_BACK"),
    (TASKS, "APPROVED", "REMOVE_SIGNER"),
];

/// The same: a decision that did not end everything is taken back.
const SELDOM: [(&str, &str, &str); 2] = [(TASKS, "REJECTED", "TAKE_BACK"), (TASKS, "RETURNED", "TAKE_BACK")];

fn short(name: &str) -> &str {
    name.trim_start_matches("STATE_")
}

/// The cells that an act reaches.
pub fn cells(before: &Approval, act: &Act, outcome: Result<&Approval, &Refusal>) -> Vec<Cell> {
    let mut accepted = outcome.is_ok();
    let event = match act {
        Act::Resubmit(round, _) if *round <= before.round => return Vec::new(),
        Act::Resubmit(..) => "RESUBMIT",
        Act::Withdraw(_) => "WITHDRAW",
        Act::Supersede => {
            accepted &= before.state != State::Superseded;
            "SUPERSEDE"
        }
        Act::Cancel => "CANCEL",
        // Something else is tried again there.
        Act::Retry(_) if accepted && before.state != State::Suspended => return Vec::new(),
        Act::Retry(_) => "RESUME",
        Act::Answer(yes) => {
            accepted = !before.is_over();
            match before.question {
                Some(Question::Confirm) => "CONFIRMED",
                _ if *yes => "RESERVED",
                _ => "REFUSED",
            }
        }
        Act::Wait(_) => return Vec::new(),
        Act::Task(_, _, deed) => match deed {
            Deed::Approve => "APPROVE",
            Deed::Reject => "REJECT",
            Deed::Return(Some(_)) => "RETURN_TO_STEP",
            Deed::Return(None) => "RETURN_TO_SUBMITTER",
            Deed::Transfer(_) | Deed::Delegate(_) | Deed::Add(..) | Deed::Reassign(_) => "REARRANGE",
            Deed::Remove(_) => "REMOVE_SIGNER",
            Deed::TakeBack => "TAKE_BACK",
        },
    };
    let mut cells = vec![Cell {
        table: APPROVALS,
        row: short(before.state.as_str_name()),
        column: event,
        accepted,
    }];
    if let Act::Task((at, task), _, deed) = act {
        let column = match deed {
            Deed::Approve => "APPROVE",
            Deed::Reject => "REJECT",
            Deed::Return(_) => "RETURN",
            Deed::Transfer(_) => "TRANSFER",
            Deed::Delegate(_) => "DELEGATE",
            Deed::Add(..) => "ADD_SIGNERS",
            Deed::Remove(_) => "REMOVE_SIGNER",
            Deed::TakeBack => "TAKE_BACK",
            Deed::Reassign(_) => "REASSIGN",
        };
        cells.push(Cell {
            table: TASKS,
            row: short(before.visits[*at].tasks[*task].state.as_str_name()),
            column,
            accepted,
        });
    }
    cells
}

/// What a run has reached.
#[derive(Default)]
pub struct Coverage {
    reached: Mutex<BTreeMap<Cell, usize>>,
    answers: Mutex<BTreeMap<&'static str, usize>>,
}

impl Coverage {
    /// Counts a transition that went as the model said.
    pub fn count(&self, cells: &[Cell], answer: &'static str) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        for cell in cells {
            *reached.entry(cell.clone()).or_default() += 1;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(answer).or_default() += 1;
    }

    fn times(&self, table: &'static str, row: &'static str, column: &'static str, accepted: bool) -> usize {
        let cell = Cell {
            table,
            row,
            column,
            accepted,
        };
        self.reached
            .lock()
            .unwrap()
            .get(&cell)
            .copied()
            .unwrap_or_default()
    }

    /// Both tables, `accepted/refused` in each cell, and how often each answer was given.
    pub fn print(&self) -> String {
        let mut text = String::new();
        let rows: Vec<_> = STATES.iter().map(|state| short(state.as_str_name())).collect();
        self.print_table(&mut text, APPROVALS, &rows, &EVENTS);
        let rows: Vec<_> = TASK_STATES
            .iter()
            .map(|state| short(state.as_str_name()))
            .collect();
        self.print_table(&mut text, TASKS, &rows, &VERBS);
        for (answer, times) in &*self.answers.lock().unwrap() {
            writeln!(text, "{times:>8} {answer}").unwrap();
        }
        text
    }

    fn print_table(
        &self,
        text: &mut String,
        table: &'static str,
        rows: &[&'static str],
        columns: &[&'static str],
    ) {
        writeln!(text, "{table}: accepted/refused").unwrap();
        for row in rows {
            write!(text, "{row:>13}").unwrap();
            for column in columns {
                let (yes, no) = (
                    self.times(table, row, column, true),
                    self.times(table, row, column, false),
                );
                write!(text, "  {column} {yes}/{no}").unwrap();
            }
            writeln!(text).unwrap();
        }
    }

    /// The legal cells that were never accepted.
    pub fn missed(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let legal = LEGAL.into_iter().chain(SELDOM);
        legal
            .filter(|(table, row, column)| self.times(table, row, column, true) == 0)
            .collect()
    }

    /// How many of the cells that are not legal were tried and refused, of how many; and those that were accepted.
    pub fn illegal(&self) -> (usize, usize, Vec<Cell>) {
        let legal: Vec<_> = LEGAL.into_iter().chain(SELDOM).collect();
        let (mut refused, mut all, mut accepted) = (0, 0, Vec::new());
        let approvals = STATES.map(|state| (APPROVALS, short(state.as_str_name()), &EVENTS[..]));
        let tasks = TASK_STATES.map(|state| (TASKS, short(state.as_str_name()), &VERBS[..]));
        for (table, row, columns) in approvals.into_iter().chain(tasks) {
            for column in columns {
                if legal.contains(&(table, row, *column)) {
                    continue;
                }
                all += 1;
                refused += usize::from(self.times(table, row, column, false) > 0);
                if self.times(table, row, column, true) > 0 {
                    accepted.push(Cell {
                        table,
                        row,
                        column,
                        accepted: true,
                    });
                }
            }
        }
        (refused, all, accepted)
    }
}
