//! Calling as somebody.

use std::{net::SocketAddr, time::Duration};

use salient_access::token::Issuer;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
};

use crate::{
    cluster::shared,
    replicas::{Manner, Replicas},
};

/// The names that tokens carry in tests.
pub(crate) const ISSUER: &str = "salient";
pub(crate) const AUDIENCE: &str = "salient";

/// Longer than any test.
pub(crate) const VALID: Duration = Duration::from_secs(3600);

/// A channel on which every call carries somebody's token; what generated clients are made of.
pub type Caller = InterceptedService<Replicas, Bearer>;

/// Puts a token on each call; none where there is none.
#[derive(Clone)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        Ok(request)
    }
}

/// A channel to an address with this token; for services that were not started here.
#[must_use]
pub fn caller(address: SocketAddr, token: Option<&str>) -> Caller {
    caller_of_replicas(&[address], Manner::ByTurns, token)
}

/// A channel to the replicas of one service with this token.
#[must_use]
pub fn caller_of_replicas(addresses: &[SocketAddr], manner: Manner, token: Option<&str>) -> Caller {
    let bearer = token.map(|token| format!("Bearer {token}").parse().expect("an ASCII token"));
    InterceptedService::new(Replicas::new(addresses, manner), Bearer(bearer))
}

/// The issuer of the process, whose key is in the folder of its cluster.
pub async fn issuer() -> Issuer {
    let folder = shared().await.folder.join("issuer");
    Issuer::open(&folder, ISSUER, AUDIENCE).expect("an issuer")
}
