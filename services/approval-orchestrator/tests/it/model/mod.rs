//! A model test of the whole: the real service, two replicas of it on real PostgreSQL, does what a small reference model does, with
//! random policies, people, actions, deadlines that pass, answers of participants, and crashes.
//!
//! The model is written from the rules of sign-offs and shares nothing with the service: it keeps a table with places for each
//! visit, and works out anew each time who has said what and who is wanted. After every transition the whole approval is compared:
//! its state, its visits, who sits where, and the state of every task; what is refused has to be refused with the model's reason.

mod acts;
mod approval;
mod calls;
mod coverage;
#[expect(clippy::module_inception, reason = "the reference model of the model test")]
mod model;
mod peers;
mod policies;
mod run;
mod system;
mod undo;
mod visit;
mod words;
mod world;
