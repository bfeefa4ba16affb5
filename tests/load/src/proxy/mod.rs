//! A proxy between services and PostgreSQL that counts round trips.
//!
//! A round trip is a Sync or a Query message, after which the client waits; one that is sent before the last was answered goes
//! along with it and costs no time of its own.

mod protocol;
mod trips;

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

pub use self::trips::Trips;
use self::{
    protocol::{Backend, Frontend, Said},
    trips::Trip,
};

const BUFFER: usize = 64 << 10;

/// The proxy. It ends with this value.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it saw.
    pub trips: Arc<Trips>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Stands before the server.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start(server: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let trips = Arc::<Trips>::default();
        let log = Arc::clone(&trips);
        let accepting = tokio::spawn(async move {
            let mut connection = 0;
            while let Ok((client, _)) = listener.accept().await {
                connection += 1;
                // What breaks a connection shows at its two ends.
                tokio::spawn(forward(client, server, connection, Arc::clone(&log)));
            }
        });
        Ok(Self {
            address,
            trips,
            accepting,
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn forward(
    client: TcpStream,
    server: SocketAddr,
    connection: usize,
    trips: Arc<Trips>,
) -> std::io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let unanswered = AtomicUsize::new(0);
    let mut listener = Listener {
        connection,
        role: String::new(),
        statements: HashMap::new(),
        bound: String::new(),
        trips,
    };
    let up = forward_up(from_client, to_server, &unanswered, &mut listener);
    let down = forward_down(from_server, to_client, &unanswered);
    tokio::try_join!(up, down)?;
    Ok(())
}

async fn forward_up(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    unanswered: &AtomicUsize,
    listener: &mut Listener,
) -> std::io::Result<()> {
    let mut frontend = Frontend::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        for said in frontend.take(&buffer[..length]) {
            listener.hear(said, unanswered);
        }
        to.write_all(&buffer[..length]).await?;
    }
}

async fn forward_down(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    unanswered: &AtomicUsize,
) -> std::io::Result<()> {
    let mut backend = Backend::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        // Before the client knows: what it says next is a new round trip.
        for _ in 0..backend.take(&buffer[..length]) {
            // The server says once unasked that it is ready: when the connection is made.
            let _ =
                unanswered.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| count.checked_sub(1));
        }
        to.write_all(&buffer[..length]).await?;
    }
}

/// Makes round trips of what the client of one connection says.
struct Listener {
    connection: usize,
    role: String,
    statements: HashMap<String, String>,
    bound: String,
    trips: Arc<Trips>,
}

impl Listener {
    fn hear(&mut self, said: Said, unanswered: &AtomicUsize) {
        let statement = match said {
            Said::Role(role) => {
                self.role = role;
                return;
            }
            Said::Parse(name, text) => {
                self.bound.clone_from(&text);
                self.statements.insert(name, text);
                return;
            }
            Said::Bind(name) => {
                self.bound = self.statements.get(&name).cloned().unwrap_or_default();
                return;
            }
            Said::Sync => std::mem::take(&mut self.bound),
            Said::Query(text) => text,
        };
        if unanswered.fetch_add(1, Ordering::AcqRel) == 0 {
            self.trips.push(Trip {
                role: self.role.clone(),
                connection: self.connection,
                statement,
            });
        }
    }
}
