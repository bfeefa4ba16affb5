use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

/// A bound address that does not answer yet. All services of a process bind first, so that each knows where the others
/// will be before any of them starts.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Binds the address; port 0 takes a free one.
    ///
    /// # Errors
    /// The address is taken or not this machine's.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// The address as bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
