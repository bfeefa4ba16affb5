//! Points at which a test ends this process, or has what it is doing done once more.
//!
//! `salient-database` passes a point before and after every commit, `salient-peers` before and after every call to another
//! service. So there is a point wherever something becomes true outside this process, and nobody keeps a list of them: a test
//! lets everything run once, reads what was passed, and then starts again for each.
//!
//! Builds with debug assertions have the points, release builds do not: there [`pass`] is nothing at all. A feature would be on in
//! every build that a test's manifest takes part in, and a build of its own would double the time of the tests. Where points
//! are built in they do nothing either, unless the variable [`VARIABLE`] names a folder. In it are
//! - `passed`: the points passed, a line each, appended by every process that was given the folder;
//! - `armed/`: files of the test's, each called as a point is and holding what to do there ([`Action`]). Whichever process passes
//!   the point first moves its file to `fired/` and does it. It is done once, however many replicas there are and however often
//!   they start.
//!
//! The crate `fail` was not made for this: its panic unwinds one task and leaves the process running, its points do nothing unless
//! they were configured by name, so that none can be found by letting things run, and nothing tells replicas whose turn it is.

#[cfg(debug_assertions)]
mod control;

use std::fmt;

/// The variable that names the folder by which points are controlled.
pub const VARIABLE: &str = "SALIENT_FAILPOINTS";

/// A point in the course of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point<'a> {
    /// Whose it is: a schema, or a service.
    pub owner: &'a str,
    /// In the course of what: a method, or a piece of background work.
    pub operation: &'a str,
    /// The commit's label, or the path of the method that is called.
    pub step: &'a str,
    /// Where at the step.
    pub moment: Moment,
}

/// Where at a step a point is, and so what it means there that the step is to be done once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Everything is done but the commit. Once more: it is not committed, and whoever asked learns that nothing is done.
    BeforeCommit,
    /// It is committed, and nobody knows yet. Once more: the answer is lost, and whoever asked learns that it may be done.
    AfterCommit,
    /// A call to another service is about to be sent. Once more: it is sent twice, and the second answer counts.
    BeforeSending,
    /// Its answer is there. Once more: the answer is lost.
    AfterAnswer,
}

impl Moment {
    const fn name(self) -> &'static str {
        match self {
            Self::BeforeCommit => "before-commit",
            Self::AfterCommit => "after-commit",
            Self::BeforeSending => "before-sending",
            Self::AfterAnswer => "after-answer",
        }
    }
}

impl fmt::Display for Point<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Files are called so: no slashes.
        let path = |path: &str| path.trim_start_matches('/').replace('/', ".");
        let (operation, step) = (path(self.operation), path(self.step));
        write!(f, "{} {operation} {step} {}", self.owner, self.moment.name())
    }
}

/// What a test wants at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The process ends at once, as if it were killed.
    Abort,
    /// The step is done once more.
    Repeat,
}

impl Action {
    /// How a file in `armed/` says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Repeat => "repeat",
        }
    }
}

/// What whoever passed a point has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Order {
    /// Nothing: go on.
    GoOn,
    /// What the point's [`Moment`] says.
    Repeat,
}

/// Whether points do anything in this process. Never in a release build.
#[must_use]
#[inline]
pub fn active() -> bool {
    #[cfg(debug_assertions)]
    return control::folder().is_some();
    #[cfg(not(debug_assertions))]
    return false;
}

/// Passes a point. It may end the process.
#[inline]
pub fn pass(point: Point<'_>) -> Order {
    #[cfg(debug_assertions)]
    return control::pass(point);
    #[cfg(not(debug_assertions))]
    {
        let _ = point;
        Order::GoOn
    }
}
