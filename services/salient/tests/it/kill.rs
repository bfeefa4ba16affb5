//! The whole suite is killed fifty times while the sample company works, and ends where it would have ended anyway.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use futures::{StreamExt as _, stream};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use rust_decimal::Decimal;
use salient_access::token::Issuer;
use salient_proto::{
    approval::v1::VerifyAuditTrailRequest,
    contracts::v1::{ListContractsRequest, contract},
};
use salient_tests::{
    company::{Company, Place},
    contract::amount,
    desk::{approval_name, patiently},
    journey::Journey,
};
use serde_json::Value;
use tempfile::TempDir;

const KILLS: usize = 50;
const AT_ONCE: usize = 16;
/// How long the suite may take to get up again.
const PATIENCE: Duration = Duration::from_secs(90);

/// `salient up` in a directory of its own, on fixed ports, so that clients find it again.
struct Installation {
    folder: TempDir,
    first_port: u16,
    process: Child,
}

impl Installation {
    fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("salient-kill")
            .tempdir_in("/tmp")
            .unwrap();
        let first_port = free_ports();
        let process = up(folder.path(), first_port);
        let mut installation = Self {
            folder,
            first_port,
            process,
        };
        installation.wait();
        installation
    }

    fn ready_file(&self) -> PathBuf {
        self.folder.path().join("ready.json")
    }

    fn wait(&mut self) {
        let until = Instant::now() + PATIENCE;
        while !self.ready_file().exists() {
            assert!(Instant::now() < until, "it never got up");
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("it ended by itself: {status}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL, in the middle of whatever it is doing, and up again.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        fs::remove_file(self.ready_file()).unwrap();
        self.process = up(self.folder.path(), self.first_port);
        self.wait();
    }

    fn company(&self) -> Company {
        let ready: Value = serde_json::from_slice(&fs::read(self.ready_file()).unwrap()).unwrap();
        let addresses: BTreeMap<_, _> = ready["addresses"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, url)| {
                (
                    name.clone(),
                    url.as_str()
                        .unwrap()
                        .trim_start_matches("http://")
                        .parse()
                        .unwrap(),
                )
            })
            .collect();
        let people = ready["people"].as_array().unwrap();
        let administrator = people
            .iter()
            .find(|person| person["post"] == "POST_ADMINISTRATOR")
            .unwrap();
        let text = |key: &str| administrator[key].as_str().unwrap().to_owned();
        let issuer = Issuer::open(&self.folder.path().join("data/issuer"), "salient", "salient").unwrap();
        let place = Place::There {
            addresses,
            issuer: Box::new(issuer),
        };
        Company::there(place, text("unit"), text("employee"))
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        // PostgreSQL ends with the process that started it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn up(folder: &Path, first_port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_salient"))
        .args(["up", "--ports-from", &first_port.to_string()])
        .arg("--data-dir")
        .arg(folder.join("data"))
        .arg("--ready-file")
        .arg(folder.join("ready.json"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The first of four ports that nobody listens on.
fn free_ports() -> u16 {
    let mut random = rand::rng();
    loop {
        let first = random.random_range(20_000..30_000);
        if (first..first + 4).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_change_nothing() {
    let mut installation = Installation::start();
    let journey = Journey::start(installation.company()).await;
    let seed = std::env::var("KILL_SEED")
        .ok()
        .map_or_else(rand::random, |seed| seed.parse().unwrap());
    println!("KILL_SEED={seed}");
    let (done, finished) = std::sync::mpsc::channel::<()>();
    let killer = std::thread::spawn(move || {
        let mut random = StdRng::seed_from_u64(seed);
        let mut kills = 0;
        while kills < KILLS && finished.try_recv().is_err() {
            std::thread::sleep(Duration::from_millis(random.random_range(50..500)));
            installation.kill();
            kills += 1;
        }
        (installation, kills)
    });
    let signed = journey.play(AT_ONCE).await;
    let _ = done.send(());
    let (_installation, kills) = killer.join().unwrap();
    assert_eq!(kills, KILLS, "all of them while there was work to do");

    let names: BTreeSet<_> = signed.iter().map(|contract| contract.name.clone()).collect();
    let numbers: BTreeSet<_> = signed.iter().map(|contract| contract.number.clone()).collect();
    assert_eq!((names.len(), numbers.len()), (830, 830));
    let total: Decimal = signed
        .iter()
        .map(|contract| amount(contract.total.as_ref().unwrap()))
        .sum();
    assert_eq!(total, journey.northwind.total());
    nothing_was_done_twice(&journey, &names).await;

    let approvals = &journey.management.approvals;
    stream::iter(&signed)
        .for_each_concurrent(AT_ONCE, async |contract| {
            let request = VerifyAuditTrailRequest {
                name: approval_name(contract),
            };
            let verified =
                patiently(async || approvals.clone().verify_audit_trail(request.clone()).await).await;
            let verified = verified.unwrap().into_inner();
            assert!(verified.intact, "{verified:?}");
        })
        .await;
    let mut confirmed = Decimal::ZERO;
    for customer in journey.customers.values() {
        let credit = journey.management.credit_of(customer).await;
        confirmed += credit.confirmed.as_ref().map(amount).unwrap_or_default();
        assert_eq!(
            credit.reserved.as_ref().map(amount).unwrap_or_default(),
            Decimal::ZERO
        );
    }
    assert_eq!(confirmed, total);
    for desk in journey.deciders() {
        assert!(desk.inbox().await.is_empty());
    }
}

/// No contract beside those that somebody asked for, and every one of them signed.
async fn nothing_was_done_twice(journey: &Journey, names: &BTreeSet<String>) {
    let contracts = &journey.management.contracts;
    let mut found = BTreeSet::new();
    let mut page_token = String::new();
    loop {
        let request = ListContractsRequest {
            page_size: 200,
            page_token,
            ..Default::default()
        };
        let page = patiently(async || contracts.clone().list_contracts(request.clone()).await)
            .await
            .unwrap()
            .into_inner();
        for contract in page.contracts {
            assert_eq!(contract.state(), contract::State::Signed, "{}", contract.name);
            found.insert(contract.name);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(&found, names);
}
