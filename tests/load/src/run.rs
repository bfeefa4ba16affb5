//! From nothing to the report.

use std::{path::Path, sync::Arc, thread::available_parallelism};

use salient_proto::contracts::v1::Contract;

use crate::{
    binary,
    caller::CLIENTS_PER_CONNECTION,
    ceiling::Ceiling,
    company::Company,
    empty::Empty,
    measure::Bench,
    options::Options,
    place::Place,
    postgres::{DATABASE, Postgres},
    proxy::Proxy,
    report::{Report, Row},
    round_trips::{self, RoundTrips},
    scenario::Stage,
    stock,
    suite::Run,
};

/// How many connections each service keeps while round trips are counted: few are soon warm.
const COUNTING_CONNECTIONS: usize = 4;

/// Measures, and prints the report.
///
/// # Errors
/// The first thing that fails.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let binary = binary::salient().await?;
    let place = Place::new()?;
    let postgres = Postgres::start(place.path()).await?;
    let report = measured(options, &binary, place.path(), &postgres).await;
    postgres.stop().await;
    let report = report?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", report.markdown());
    }
    Ok(())
}

async fn measured(
    options: &Options,
    binary: &Path,
    folder: &Path,
    postgres: &Postgres,
) -> anyhow::Result<Report> {
    let empty = Empty::start().await?;
    let services = Run {
        binary,
        folder,
        url: postgres.services_url(),
        owner_url: postgres.owner_url(DATABASE),
        collector: (!options.no_tracing).then_some(empty.url.as_str()),
        connections: None,
    };
    let counted = count(&services, postgres).await?;
    // Nobody is connected to the services' database now: it can be copied.
    let ceiling = Ceiling::prepare(postgres, &counted.company, folder).await?;
    let suite = services.start().await?;
    let company = Arc::new(suite.company.clone());
    let mut samples = Vec::new();
    for clients in &options.clients {
        let bench = Bench {
            options,
            suite: &suite,
            stage: Stage::open(&company, *clients).await?,
            database: postgres.pid()?,
            ceiling: &ceiling,
            empty: &empty.url,
            contracts: Arc::clone(&counted.contracts),
        };
        samples.extend(bench.samples(*clients).await?);
    }
    suite.stop().await?;
    Ok(Report {
        conditions: conditions(options, binary, postgres).await?,
        rows: Row::of(&samples),
        round_trips: counted.round_trips,
    })
}

/// What is known after counting.
struct Counted {
    company: Arc<Company>,
    contracts: Arc<Vec<Contract>>,
    round_trips: Vec<RoundTrips>,
}

/// Makes stock and counts round trips, with services that reach their database through the proxy.
async fn count(services: &Run<'_>, postgres: &Postgres) -> anyhow::Result<Counted> {
    eprintln!("counting round trips");
    let proxy = Proxy::start(postgres.address()).await?;
    let services = Run {
        url: postgres.services_url_through(proxy.address),
        connections: Some(COUNTING_CONNECTIONS),
        ..services.clone()
    };
    let suite = services.start().await?;
    let company = Arc::new(suite.company.clone());
    let stage = Stage::open(&company, 1).await?;
    let contracts = Arc::new(stock::fill(&stage).await?);
    let round_trips = round_trips::count(&stage, &contracts, &proxy.trips).await?;
    suite.stop().await?;
    Ok(Counted {
        company,
        contracts,
        round_trips,
    })
}

/// What somebody has to know who compares numbers.
async fn conditions(
    options: &Options,
    binary: &Path,
    postgres: &Postgres,
) -> anyhow::Result<Vec<(String, String)>> {
    let build = if binary.parent().is_some_and(binary::is_release) {
        "release"
    } else {
        "debug: not worth comparing"
    };
    let tracing = if options.no_tracing {
        "off"
    } else {
        "every call exported"
    };
    let mut conditions = vec![
        ("processors".to_owned(), available_parallelism()?.to_string()),
        ("build".to_owned(), build.to_owned()),
        ("tracing".to_owned(), tracing.to_owned()),
        (
            "medians of".to_owned(),
            format!("{} runs of {} s", options.runs, options.seconds),
        ),
        (
            "clients to a connection".to_owned(),
            CLIENTS_PER_CONNECTION.to_string(),
        ),
    ];
    conditions.extend(postgres.settings().await?);
    Ok(conditions)
}
