//! One process that serves every service, and comes back when it ends.

use std::{
    fs::File,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use tokio::{
    process::{Child, Command},
    sync::mpsc,
    task::JoinHandle,
};

/// SIGABRT, by which a point of failure ends a process.
const ABORTED: i32 = 6;

/// Whatever serves as one replica of every service: a process, and after it the next.
pub struct Replica {
    order: mpsc::UnboundedSender<Order>,
    ends: Arc<Mutex<Ends>>,
    supervisor: JoinHandle<()>,
}

/// What the test wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Kill,
    Down,
    Up,
    Stop,
}

/// How its processes ended so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ends {
    /// By a point of failure.
    pub aborted: usize,
    /// Otherwise.
    pub others: Vec<ExitStatus>,
}

/// How its processes are started.
pub struct Start {
    /// Its variables.
    pub variables: Vec<(String, String)>,
    /// Where its processes write what they have to say.
    pub log: PathBuf,
}

impl Start {
    fn process(&self) -> Child {
        let log = File::options().append(true).create(true).open(&self.log).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_salient"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SALIENT"))
        {
            command.env_remove(name);
        }
        command
            .arg("serve")
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }
}

impl Replica {
    /// Starts it, and starts it again whenever it ends.
    pub fn start(start: Start) -> Self {
        let (order, orders) = mpsc::unbounded_channel();
        let ends = Arc::new(Mutex::new(Ends::default()));
        let supervisor = tokio::spawn(supervise(start, orders, Arc::clone(&ends)));
        Self {
            order,
            ends,
            supervisor,
        }
    }

    /// SIGKILL, in the middle of whatever it is doing. It comes back at once.
    pub fn kill(&self) {
        self.order.send(Order::Kill).unwrap();
    }

    /// SIGKILL, and it does not come back before [`Replica::up`].
    pub fn down(&self) {
        self.order.send(Order::Down).unwrap();
    }

    /// Lets it come back.
    pub fn up(&self) {
        self.order.send(Order::Up).unwrap();
    }

    /// How its processes ended so far.
    pub fn ends(&self) -> Ends {
        self.ends.lock().unwrap().clone()
    }

    /// Ends it for good.
    pub async fn stop(self) {
        self.order.send(Order::Stop).unwrap();
        self.supervisor.await.unwrap();
    }
}

async fn supervise(start: Start, mut orders: mpsc::UnboundedReceiver<Order>, ends: Arc<Mutex<Ends>>) {
    loop {
        let mut process = start.process();
        let order = loop {
            tokio::select! {
                _ = process.wait() => break None,
                order = orders.recv() => match order {
                    Some(Order::Up) => {}
                    order => {
                        process.start_kill().unwrap();
                        break Some(order.unwrap_or(Order::Stop));
                    }
                }
            }
        };
        let status = process.wait().await.unwrap();
        {
            let mut ends = ends.lock().unwrap();
            match status.signal() {
                Some(ABORTED) => ends.aborted += 1,
                _ if order.is_some() => {}
                _ => ends.others.push(status),
            }
        }
        match order {
            Some(Order::Stop) => return,
            Some(Order::Down) => match orders.recv().await {
                Some(Order::Stop) | None => return,
                Some(_) => {}
            },
            _ => {}
        }
    }
}
