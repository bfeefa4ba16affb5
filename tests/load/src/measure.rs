//! The measurements, interleaved: each scenario's run stands right behind `pgbench`'s with its statements, so that whatever else
//! the machine does in that minute touches both.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use salient_proto::contracts::v1::Contract;
use tokio::time::sleep;

use crate::{
    caller::Channels,
    ceiling::{Ceiling, combined},
    closed_loop::{self, Measured},
    cpu, empty,
    options::Options,
    pace::Wait,
    scenario::{Scenario, Stage, Waits, create, inbox, read, sign_off},
    stock::Drafts,
    suite::Suite,
};

/// How long calls are made before they count.
const WARM: Duration = Duration::from_millis(500);
/// Services that use less than this part of a processor have nothing left to do.
const IDLE: f64 = 0.05;
/// Over which time that is looked at, and for how long it is waited for.
const LOOK: Duration = Duration::from_millis(400);
const PATIENCE: Duration = Duration::from_secs(20);

/// One run.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Of what.
    pub scenario: Scenario,
    /// With how many clients.
    pub clients: usize,
    /// What the services did.
    pub measured: Measured,
    /// What `pgbench` did with the statements, a second.
    pub pgbench: f64,
    /// Empty calls a second.
    pub empty_call: f64,
    /// The two combined.
    pub ceiling: f64,
    /// Time of processors that the services' process took for each.
    pub service_cpu: Duration,
    /// The same of the database's processes.
    pub database_cpu: Duration,
}

/// What is measured with.
pub struct Bench<'a> {
    /// How long, how often, with how many clients.
    pub options: &'a Options,
    /// The services.
    pub suite: &'a Suite,
    /// The same, for callers.
    pub stage: Stage,
    /// The database's process.
    pub database: u32,
    /// What `pgbench` runs.
    pub ceiling: &'a Ceiling,
    /// Where empty calls are answered.
    pub empty: &'a str,
    /// What is read.
    pub contracts: Arc<Vec<Contract>>,
}

impl Bench<'_> {
    /// Takes all runs with so many clients.
    ///
    /// # Errors
    /// The first failed call.
    pub async fn samples(&self, clients: usize) -> anyhow::Result<Vec<Sample>> {
        let mut samples = Vec::new();
        for run in 1..=self.options.runs {
            let empty_call = self.empty_call(clients).await?;
            for &scenario in &self.options.scenarios {
                eprintln!(
                    "{}, {clients} clients, run {run} of {}",
                    scenario.title(),
                    self.options.runs
                );
                samples.push(self.sample(scenario, clients, empty_call).await?);
            }
        }
        Ok(samples)
    }

    async fn empty_call(&self, clients: usize) -> anyhow::Result<f64> {
        let channels = Channels::open(self.empty, clients).await?;
        let call = move |client, _| empty::call(channels.of(client));
        self.quiet().await;
        closed_loop::run(clients, WARM, call.clone()).await?;
        Ok(closed_loop::run(clients, self.options.duration(), call)
            .await?
            .rate)
    }

    async fn sample(&self, scenario: Scenario, clients: usize, empty_call: f64) -> anyhow::Result<Sample> {
        self.quiet().await;
        let pgbench = self
            .ceiling
            .rate(scenario, clients, self.options.duration())
            .await?;
        let ceiling = combined(pgbench, empty_call, scenario.calls());
        let time = WARM + self.options.duration();
        // Twice what would be needed at the ceiling: something else on the machine may have touched that, and not what follows.
        let drafts = match scenario {
            Scenario::SignOff => (2.0 * ceiling * time.as_secs_f64()) as usize + 2 * clients,
            Scenario::Create | Scenario::Read | Scenario::Inbox => 0,
        };
        let drafts = Arc::new(Drafts::make(&self.stage, drafts).await?);
        let waits = Arc::new(Waits::like(Wait::learning));
        self.quiet().await;
        self.play(scenario, clients, WARM, &drafts, &waits).await?;
        let before = self.spent();
        let measured = self
            .play(scenario, clients, self.options.duration(), &drafts, &waits)
            .await?;
        let after = self.spent();
        let each = |spent: Duration| spent.div_f64(measured.calls.max(1) as f64);
        Ok(Sample {
            scenario,
            clients,
            pgbench,
            empty_call,
            ceiling,
            service_cpu: each(after.0.saturating_sub(before.0)),
            database_cpu: each(after.1.saturating_sub(before.1)),
            measured,
        })
    }

    async fn play(
        &self,
        scenario: Scenario,
        clients: usize,
        duration: Duration,
        drafts: &Arc<Drafts>,
        waits: &Arc<Waits>,
    ) -> anyhow::Result<Measured> {
        let stage = self.stage.clone();
        let (contracts, drafts, waits) = (Arc::clone(&self.contracts), Arc::clone(drafts), Arc::clone(waits));
        let call = move |client: usize, turn: u64| {
            let stage = stage.clone();
            let (contracts, drafts, waits) =
                (Arc::clone(&contracts), Arc::clone(&drafts), Arc::clone(&waits));
            async move {
                // Clients begin at different places.
                let turn = usize::try_from(turn)?.wrapping_mul(7).wrapping_add(client * 31);
                match scenario {
                    Scenario::Create => create(&stage, client, turn).await,
                    Scenario::Read => read(&stage, client, &contracts[turn % contracts.len()]).await,
                    Scenario::Inbox => inbox(&stage, client).await,
                    Scenario::SignOff => {
                        let (turn, draft) = drafts.take()?;
                        sign_off(&stage, client, stage.desk(turn), draft, &waits, &()).await
                    }
                }
            }
        };
        closed_loop::run(clients, duration, call).await
    }

    /// What the services and the database have spent by now.
    fn spent(&self) -> (Duration, Duration) {
        (
            cpu::spent_by_family(self.suite.pid()),
            cpu::spent_by_family(self.database),
        )
    }

    /// Waits until nothing is left to do of the run before: events to number, connections to close.
    async fn quiet(&self) {
        let since = Instant::now();
        loop {
            let before = self.spent();
            sleep(LOOK).await;
            let after = self.spent();
            let spent = after.0.saturating_sub(before.0) + after.1.saturating_sub(before.1);
            if spent.div_duration_f64(LOOK) < IDLE || since.elapsed() > PATIENCE {
                return;
            }
        }
    }
}
