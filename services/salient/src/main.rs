//! `salient`: one binary for the whole suite. It serves any of the services, migrates their databases, and brings up everything on
//! one machine, PostgreSQL included.

mod cli;
mod client;
mod commands;
mod data_dir;
mod demo;
mod embedded;
mod installation;
mod machine;
mod output;
mod private;
mod seed;
mod serving;
mod suite;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

/// The services allocate a lot of small values on several threads, which the C library's allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command, common } = Cli::parse();
    let done = match command {
        Command::Up(up) => commands::up::run(&common, &up).await,
        Command::Serve(serve) => commands::serve::run(&common, &serve).await,
        Command::Migrate(migrate) => commands::migrate::run(&common, &migrate).await,
        Command::Token(token) => commands::token::run(&token),
        Command::Call(call) => commands::call::run(&call).await,
        Command::Demo(demo) => commands::demo::run(&common, &demo).await,
        Command::Policy(policy) => commands::policy::run(&common, &policy).await,
        Command::Import(import) => commands::import::run(&common, &import).await,
        Command::Audit(audit) => commands::audit::run(&audit).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("salient: {error:#}");
            ExitCode::FAILURE
        }
    }
}
