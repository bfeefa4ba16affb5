//! Calls in somebody's name, over connections that clients share.

use salient_proto::{
    approval::v1::task_service_client::TaskServiceClient,
    contracts::v1::contract_service_client::ContractServiceClient,
};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use crate::company::{Company, Person};

/// How many clients share a connection, as the callers in one process of an internal application do. The empty call is measured
/// in the same way.
pub const CLIENTS_PER_CONNECTION: usize = 16;

/// Connections to one server.
#[derive(Debug, Clone)]
pub struct Channels(Vec<Channel>);

impl Channels {
    /// Opens them for so many clients.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub async fn open(url: &str, clients: usize) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(url.to_owned())?.tcp_nodelay(true);
        let mut channels = Vec::new();
        for _ in 0..clients.div_ceil(CLIENTS_PER_CONNECTION) {
            channels.push(endpoint.connect().await?);
        }
        Ok(Self(channels))
    }

    /// The connection of a client, counted from 0.
    #[must_use]
    pub fn of(&self, client: usize) -> Channel {
        let index = client / CLIENTS_PER_CONNECTION % self.0.len();
        self.0[index].clone()
    }
}

/// Puts the caller's token on each call.
#[derive(Debug, Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Bearer {
    fn of(person: &Person) -> anyhow::Result<Self> {
        Ok(Self(format!("Bearer {}", person.token).parse()?))
    }
}

/// Connections to the services that are measured.
#[derive(Debug, Clone)]
pub struct Connections {
    contracts: Channels,
    approvals: Channels,
}

/// Through which calls are made in somebody's name.
pub type Caller = InterceptedService<Channel, Bearer>;

impl Connections {
    /// Opens them for so many clients.
    ///
    /// # Errors
    /// Where a service does not answer.
    pub async fn open(company: &Company, clients: usize) -> anyhow::Result<Self> {
        Ok(Self {
            contracts: Channels::open(company.address("contracts")?, clients).await?,
            approvals: Channels::open(company.address("approval-orchestrator")?, clients).await?,
        })
    }

    /// The contracts, as somebody sees them.
    ///
    /// # Errors
    /// Where the token is none.
    pub fn contracts(&self, client: usize, person: &Person) -> anyhow::Result<ContractServiceClient<Caller>> {
        let caller = InterceptedService::new(self.contracts.of(client), Bearer::of(person)?);
        Ok(ContractServiceClient::new(caller))
    }

    /// Somebody's tasks.
    ///
    /// # Errors
    /// Where the token is none.
    pub fn tasks(&self, client: usize, person: &Person) -> anyhow::Result<TaskServiceClient<Caller>> {
        let caller = InterceptedService::new(self.approvals.of(client), Bearer::of(person)?);
        Ok(TaskServiceClient::new(caller))
    }
}
