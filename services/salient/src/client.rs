//! The suite as an internal application calls it: over gRPC, with a person's token.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use salient_access::token::Issuer;
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::suite::Member;

/// How long a call may take.
const TIME: Duration = Duration::from_secs(30);
/// How long the tokens are valid that the commands sign for themselves.
const VALID: Duration = Duration::from_secs(3600);

/// Connections to the services, whoever calls.
#[derive(Clone)]
pub(crate) struct Connections(BTreeMap<&'static str, Channel>);

/// Somebody who calls. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Session {
    connections: Connections,
    bearer: Bearer,
}

/// What generated clients are made of.
pub(crate) type Caller = InterceptedService<Channel, Bearer>;

/// Puts the caller's token on each call.
#[derive(Clone)]
pub(crate) struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Connections {
    /// Connects to none yet.
    pub(crate) fn new(urls: impl IntoIterator<Item = (Member, String)>) -> anyhow::Result<Self> {
        let channels = urls.into_iter().map(|(member, url)| {
            let endpoint = Endpoint::from_shared(url).context("not the address of a service")?;
            Ok((member.name(), endpoint.timeout(TIME).connect_lazy()))
        });
        channels.collect::<anyhow::Result<_>>().map(Self)
    }

    /// Calls as a person, by a token of the embedded issuer.
    pub(crate) fn sign_in(&self, issuer: &Issuer, person: Uuid) -> anyhow::Result<Session> {
        self.with_token(&issuer.issue_person(person, VALID)?)
    }

    /// Calls with a token.
    pub(crate) fn with_token(&self, token: &str) -> anyhow::Result<Session> {
        let bearer = format!("Bearer {token}").parse().context("not a token")?;
        Ok(Session {
            connections: self.clone(),
            bearer: Bearer(bearer),
        })
    }
}

impl Session {
    /// A channel to a service, for a client.
    pub(crate) fn at(&self, member: Member) -> anyhow::Result<Caller> {
        let channel = self.connections.0.get(member.name());
        let channel = channel.with_context(|| format!("the address of {} is not known", member.name()))?;
        Ok(InterceptedService::new(channel.clone(), self.bearer.clone()))
    }
}

/// A new idempotency key.
pub(crate) fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// The id in a name like `employees/{uuid}`.
pub(crate) fn id_of(name: &str) -> anyhow::Result<Uuid> {
    let id = name.rsplit_once('/').map_or(name, |(_, id)| id);
    id.parse()
        .with_context(|| format!("{name:?} does not end in an id"))
}

/// Turns a refusal into an error that says what was refused, and why.
pub(crate) fn refused(what: &str) -> impl FnOnce(Status) -> anyhow::Error {
    move |status| {
        let details = status.get_error_details();
        let mut said = format!("{what}: {}", status.message());
        if let Some(info) = details.error_info() {
            said.push_str(&format!(" [{}]", info.reason));
        }
        for violation in details.bad_request().iter().flat_map(|bad| &bad.field_violations) {
            said.push_str(&format!("; {}: {}", violation.field, violation.description));
        }
        if status.message().is_empty() {
            said.push_str(&format!(" ({:?})", status.code()));
        }
        anyhow::Error::msg(said)
    }
}
