use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use salient_embedded_postgres::{Cluster, Error, Options};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// A folder that the server's user may pass through.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).expect("opened");
    folder
}

async fn connect(url: &SecretString) -> Client {
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), NoTls)
        .await
        .expect("connected");
    tokio::spawn(connection);
    client
}

async fn remember(cluster: &Cluster, what: &str) {
    let client = connect(&cluster.owner_url("postgres")).await;
    let create = "CREATE TABLE IF NOT EXISTS memory (what text)";
    client.batch_execute(create).await.expect("created");
    client
        .execute("INSERT INTO memory VALUES ($1)", &[&what])
        .await
        .expect("inserted");
}

async fn remembered(cluster: &Cluster) -> Vec<String> {
    let client = connect(&cluster.owner_url("postgres")).await;
    let rows = client
        .query("SELECT what FROM memory ORDER BY what", &[])
        .await
        .expect("selected");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn start(path: &Path) -> Cluster {
    Cluster::start(Options::durable(path)).await.expect("started")
}

fn kill(pid: i32, signal: &str) {
    let killed = Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(killed.expect("kill runs").success());
}

fn runs(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z")
}

async fn within(patience: Duration, what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn data_survive_a_stop_and_two_ways_lead_to_them() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = start(&path).await;
    remember(&cluster, "kept").await;
    let password = SecretString::from("pass/word");
    let owner = connect(&cluster.owner_url("postgres")).await;
    owner
        .batch_execute("CREATE ROLE reader LOGIN PASSWORD 'pass/word'")
        .await
        .expect("created");
    for url in [
        cluster.url("reader", &password, "postgres"),
        cluster.socket_url("reader", &password, "postgres"),
    ] {
        connect(&url)
            .await
            .query_one("SELECT 1", &[])
            .await
            .expect("answered");
        let wrong = url.expose_secret().replace("pass", "wrong");
        assert!(
            tokio_postgres::connect(&wrong, NoTls).await.is_err(),
            "the password counts"
        );
    }
    let pid = cluster.pid();
    cluster.stop().await;
    assert!(!runs(pid));

    let cluster = start(&path).await;
    assert_eq!(remembered(&cluster).await, ["kept"]);
    cluster.stop().await;
}

#[tokio::test]
async fn a_second_one_in_the_same_folder_is_refused_by_naming_the_first() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = start(&path).await;
    let refused = Cluster::start(Options::durable(&path))
        .await
        .expect_err("refused");
    assert!(
        matches!(&refused, Error::InUse { pid, .. } if *pid == std::process::id().to_string()),
        "{refused}"
    );
    cluster.stop().await;
}

#[tokio::test]
async fn data_survive_the_servers_sudden_death() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = start(&path).await;
    remember(&cluster, "before").await;
    kill(cluster.pid(), "-KILL");
    assert!(!cluster.ended().await.success(), "the end is noticed");
    drop(cluster);

    let cluster = start(&path).await;
    assert_eq!(remembered(&cluster).await, ["before"]);
    cluster.stop().await;
}

#[tokio::test]
async fn a_pid_file_that_names_a_process_of_somebody_else_is_cleared() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = start(&path).await;
    let pid_file = path.join("data/postmaster.pid");
    let content = fs::read_to_string(&pid_file).expect("written");
    let pid = cluster.pid();
    cluster.stop().await;
    // As after a restart of the container: the number now belongs to another process.
    let stale = content.replacen(&pid.to_string(), &std::process::id().to_string(), 1);
    fs::write(&pid_file, stale).expect("written");
    start(&path).await.stop().await;
}

#[tokio::test]
async fn a_server_whose_owner_has_died_is_stopped_and_its_data_used() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = start(&path).await;
    remember(&cluster, "kept").await;
    let pid = cluster.pid();
    // As if this process had died together with what watches over the server.
    let watcher = Command::new("pgrep")
        .args(["-f", "read -r _"])
        .output()
        .expect("pgrep runs");
    for watcher in String::from_utf8_lossy(&watcher.stdout).lines() {
        let environment = fs::read(format!("/proc/{watcher}/environ")).unwrap_or_default();
        if String::from_utf8_lossy(&environment).contains(&format!("SERVER={pid}\0")) {
            kill(watcher.parse().expect("a number"), "-KILL");
        }
    }
    drop(cluster);
    assert!(runs(pid), "an orphan");

    let cluster = start(&path).await;
    assert!(!runs(pid) && cluster.pid() != pid);
    assert_eq!(remembered(&cluster).await, ["kept"]);
    cluster.stop().await;
}

#[tokio::test]
async fn a_throwaway_cluster_leaves_nothing_however_it_ends() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let cluster = Cluster::start(Options::throwaway(&path)).await.expect("started");
    let pid = cluster.pid();
    drop(cluster);
    within(Duration::from_secs(10), "the folder goes", || !path.exists()).await;
    assert!(!runs(pid));

    let cluster = Cluster::start(Options::throwaway(&path)).await.expect("started");
    cluster.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn the_server_ends_when_the_process_that_runs_it_is_killed() {
    let parent = folder();
    let path = parent.path().join("cluster");
    let this = std::env::current_exe().expect("a path");
    let mut process = Command::new(this)
        .args(["--exact", "clusters::helper_that_runs_a_cluster", "--ignored"])
        .env("CLUSTER", &path)
        .spawn()
        .expect("spawned");
    let server = || {
        let content = fs::read_to_string(path.join("data/postmaster.pid")).unwrap_or_default();
        let ready = content.contains("ready");
        ready.then(|| {
            content
                .lines()
                .next()
                .expect("a line")
                .parse::<i32>()
                .expect("a number")
        })
    };
    within(Duration::from_secs(60), "the cluster starts", || {
        server().is_some()
    })
    .await;
    let pid = server().expect("started");
    process.kill().expect("killed");
    process.wait().expect("waited for");
    within(Duration::from_secs(30), "the server ends", || !runs(pid)).await;
    start(&path).await.stop().await;
}

/// Not a test: what the test above kills.
#[tokio::test]
#[ignore = "run by another test, in a process of its own"]
async fn helper_that_runs_a_cluster() {
    let Some(path) = std::env::var_os("CLUSTER") else {
        return;
    };
    let _cluster = start(Path::new(&path)).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
}
