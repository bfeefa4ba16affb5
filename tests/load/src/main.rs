//! `salient-load`: how fast the services are beside what the database and the transport allow on the same machine.
//!
//! Client, services and database are three processes that share the machine. Each scenario is played over the public API with
//! people's tokens, in a closed loop. Its ceiling is taken in the same run: `pgbench` with the statements that it needs, on the same
//! PostgreSQL, and an empty gRPC call, combined as `1 / (1 / pgbench + calls / empty call)`.

mod binary;
mod caller;
mod ceiling;
mod closed_loop;
mod company;
mod cpu;
mod empty;
mod measure;
mod median;
mod options;
mod pace;
mod pgbench;
mod place;
mod postgres;
mod proxy;
mod report;
mod round_trips;
mod run;
mod scale;
mod scenario;
mod stock;
mod suite;

use std::process::ExitCode;

use clap::Parser as _;

use crate::options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.command {
        Some(Command::ServeEmpty) => empty::serve().await,
        Some(Command::InboxScale(scale)) => scale::run(&scale, !options.no_tracing).await,
        None => run::run(&options).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("salient-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}
