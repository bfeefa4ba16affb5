//! Sign-offs, for every service of the suite: who has to agree to a contract, a change, a budget, and whether they did.
//!
//! **Owns** policies (versioned data: which steps, whom to ask, under which conditions), approvals with their visits of steps,
//! tasks and decisions, the participants' parts, and a hash-chained history of all of it.
//!
//! **Methods.** Domain services ask through `IntakeService` (request, supersede, preview); approvers work through `TaskService`
//! (inbox, counts, approve, reject, return, transfer, delegate, signers, take back; P6.1.2, P6.1.3); submitters, managers and
//! operators use `ApprovalService` (get, list, withdraw, urge, copy, comment, history, verify, retry, cancel; P1.3), auditors
//! `AuditService` (verify everything, export); `PolicyService` publishes policies, as messages or as text, simulates and draws them,
//! and pauses, resumes and retires them; `PolicyDraftService` keeps what is written before; `DeputyshipService` keeps who is asked in
//! whose place; gateways learn from `NotificationService` what to push to whom (P6.1.2, P6.1.3).
//!
//! **Calls out.** `organization` says whom to ask, and when working time will have passed, before a change. From the outbox:
//! `ParticipantService` of the services that a policy names (reserve → confirm, or release), `CheckService` of those that decide
//! automatic steps, and `SubjectService` of the service that owns the subject.
//!
//! **Events**: `ApprovalRequested`, `StepStarted`, `StepEnded`, `TaskCreated`, `TaskReminded`, `TaskEscalated`, `TaskExpired`,
//! `TaskTransferred`, `TaskDelegated`, `TaskGivenBack`, `SignersAdded`, `SignerRemoved`, `TaskTakenBack`, `TaskReassigned`,
//! `TaskDeputed`, `TaskEnded`, `ApprovalUrged`, `ApprovalCopied`, `ApprovalCommented`, `ApprovalDecided`, `AttentionRaised`,
//! `AttentionCleared`, `PolicyVersionPublished`, `PolicyStateChanged`, `DeputyshipCreated`, `DeputyshipChanged`, `DeputyshipEnded`.
//! Notifications are made of them and of nothing else.
//!
//! **Invariants.** One open approval per subject. A decision is taken once, by somebody who may at that moment, on the content they
//! saw. Of two changes at the same instant the first to be saved stands; the other is decided again on what is there then, and
//! usually refused. A deadline that passes acts once, whatever the clock does and however many replicas look at it. Nobody is
//! passed over silently: what cannot go on shows as needing attention. A policy version never changes, and an approval keeps the
//! one it started with. Nobody has two deputies for one kind at one instant, and no chain of deputies leads back to where it began.
//! History is only ever added to, and anchored outside the database.

mod anchors;
mod app;
mod clock;
mod deputies;
mod domain;
mod error;
mod recent;
mod rpc;
mod rulebooks;
mod seals;
mod shipped;
mod store;

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use salient_database::migrate::MigrationSet;
use salient_outbox::{Handler, feed::FeedService};
use salient_paging::Pages;
use salient_server::{Host, Routes, Service};

use crate::{
    anchors::{AnchorKeys, Place, Worker},
    app::App,
    deputies::StandingDeputies,
    recent::Recent,
    rpc::{approvers::Approvers, relay::Peer, timers, vacancies, working_times::CalendarDesk},
    rulebooks::Rulebooks,
    seals::Seals,
};

pub use crate::{clock::Clock, seals::Settings};

/// Exported histories, and how they are verified: without a database, a network or a key that is not public.
pub mod export {
    pub use crate::domain::{
        anchor::PublicKeys,
        export::{ExportVerifier, Report, key_of},
    };
}

/// The service's name.
const SERVICE: &str = "approval-orchestrator";
/// The service that knows who holds which post.
const ORGANIZATION: &str = "organization";

/// Its tables.
const TABLES: EmbeddedMigrations = embed_migrations!("../../migrations/approval-orchestrator");

/// The service.
pub struct ApprovalOrchestrator;

#[async_trait]
impl Service for ApprovalOrchestrator {
    const NAME: &'static str = SERVICE;
    const SCHEMA: &'static str = "approval";
    const PORT: u16 = 7104;
    type Settings = Settings;

    fn migrations() -> MigrationSet {
        MigrationSet::new(Self::SCHEMA, TABLES)
    }

    async fn start(host: Host, settings: Settings) -> anyhow::Result<Routes> {
        Self::start_by(Clock::default(), host, settings).await
    }
}

impl ApprovalOrchestrator {
    /// Starts it by this clock.
    ///
    /// # Errors
    /// Whatever keeps it from serving.
    pub async fn start_by(clock: Clock, host: Host, settings: Settings) -> anyhow::Result<Routes> {
        let key = host
            .settings
            .paging
            .key
            .clone()
            .context("paging.key: is not set")?;
        let peers: Vec<String> = host
            .settings
            .peers
            .keys()
            .filter(|name| *name != SERVICE)
            .cloned()
            .collect();
        shipped::ship(&host.database, &peers).await?;
        let place = settings
            .anchor_url
            .as_ref()
            .or(host.settings.object_store.url.as_ref());
        let place = place.context("anchor_url: is not set, and neither is object_store.url")?;
        let place = Place::open(place).context("anchor_url")?;
        anyhow::ensure!(
            !settings.anchor_period.is_zero(),
            "anchor_period: must be longer than nothing"
        );
        let anchor_keys = AnchorKeys::new(&settings, &key)?;
        let worker = Worker::new(
            host.database.clone(),
            anchor_keys.clone(),
            place.clone(),
            settings.anchor_period,
        );
        host.spawn("anchors", worker.run());
        let app = App {
            database: host.database.clone(),
            recent: Recent::new(),
            rulebooks: Rulebooks::new(host.database.clone()),
            approvers: Approvers::new(host.peers.channel(ORGANIZATION)?),
            calendars: CalendarDesk::new(host.peers.channel(ORGANIZATION)?),
            deputies: StandingDeputies::new(host.database.clone(), clock.clone()),
            clock,
            directory: Self::directory(&host).await?,
            seals: Seals::new(&settings, &key),
            anchor_keys,
            anchors: place,
            pages: Pages::new(key),
            peers: peers.clone().into(),
            feed: FeedService::new(host.database.clone(), SERVICE),
            shutdown: host.shutdown.clone(),
        };
        let mut handlers: Vec<Arc<dyn Handler>> = Vec::with_capacity(peers.len());
        for name in peers {
            let channel = host.peers.channel(&name)?;
            handlers.push(Arc::new(Peer::new(app.clone(), name, channel)));
        }
        host.spawn_relay(handlers);
        host.spawn("continue_paused", rpc::continue_paused::sweep(app.clone()));
        host.spawn("timers", timers::run(app.clone()));
        host.spawn("vacancies", vacancies::run(app.clone()));
        Ok(rpc::routes(app))
    }
}
