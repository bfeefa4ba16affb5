//! Any unary method of the suite from the command line: what `grpcurl` does, for machines that have none.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use bytes::{Buf as _, BufMut as _};
use clap::Args;
use prost::Message as _;
use prost_reflect::{
    DynamicMessage, MessageDescriptor, MethodDescriptor, ReflectMessage as _, SerializeOptions,
};
use salient_access::token::Issuer;
use salient_config::Auth;
use salient_proto::POOL;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Endpoint,
};
use uuid::Uuid;

use crate::{
    client::refused,
    data_dir::DataDir,
    installation::{Installation, person_meant},
    output,
};

/// How long the call's token is valid.
const VALID: std::time::Duration = std::time::Duration::from_secs(60);

/// What `call` takes.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The method, by its name (`ListContracts`) or in full (`salient.contracts.v1.ContractService/ListContracts`).
    method: String,
    /// The request as JSON. Where the method changes something and no `request_id` is given, a new one is added.
    #[arg(default_value = "{}")]
    request: String,
    /// As whom: a name, a personnel number, or `employees/<id>`.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// The data directory of the installation that `salient up` serves; the user's own by default.
    #[arg(long, value_name = "FOLDER", env = "SALIENT_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) async fn run(call: &Call) -> anyhow::Result<()> {
    let method = method_meant(&call.method)?;
    let message = message(&method, &call.request)?;
    let dir = DataDir::open(call.data_dir.as_deref())?;
    let installation = Installation::kept(&dir)?
        .context("nothing was brought up in this data directory: run `salient up` first")?;
    let address = address_of(&installation, &method)?;
    let auth = Auth::default();
    let person = person_meant(&dir, &call.person)?;
    let token = Issuer::open(&dir.issuer(), &auth.issuer, &auth.audience)?.issue_person(person, VALID)?;

    let channel = Endpoint::from_shared(address.clone())?.connect().await;
    let channel =
        channel.with_context(|| format!("nobody answers at {address}: is `salient up` running?"))?;
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {token}").parse()?);
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let response = client
        .unary(request, path.parse()?, DynamicCodec(method.output()))
        .await;
    let response = response.map_err(refused(method.name()))?;
    output::line(&json(response.get_ref())?)?;
    Ok(())
}

/// Finds a method by its full name, or by its own where no other has it.
fn method_meant(name: &str) -> anyhow::Result<MethodDescriptor> {
    let methods = POOL
        .services()
        .filter(|service| service.full_name().starts_with("salient."))
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let full_name = name.trim_start_matches('/').replace('/', ".");
    let mut meant = methods.filter(|method| method.name() == name || method.full_name() == full_name);
    match (meant.next(), meant.next()) {
        (Some(method), None) if method.is_client_streaming() || method.is_server_streaming() => {
            bail!("{name} streams; only methods of one request and one response can be called here")
        }
        (Some(method), None) => Ok(method),
        (Some(one), Some(other)) => bail!(
            "{name} may be {} or {}: give it in full",
            one.full_name(),
            other.full_name()
        ),
        (None, _) => bail!("there is no method {name}"),
    }
}

fn message(method: &MethodDescriptor, request: &str) -> anyhow::Result<DynamicMessage> {
    let mut json = serde_json::Deserializer::from_str(request);
    let message = DynamicMessage::deserialize(method.input(), &mut json)
        .context("the request is not one of this method")?;
    json.end().context("something follows the request")?;
    Ok(with_request_id(message))
}

/// Whoever types a call means a new one each time.
fn with_request_id(mut message: DynamicMessage) -> DynamicMessage {
    if let Some(field) = message.descriptor().get_field_by_name("request_id")
        && !message.has_field(&field)
    {
        message.set_field(&field, prost_reflect::Value::String(Uuid::now_v7().to_string()));
    }
    message
}

/// The service of the installation that serves the method: the one whose package it is of.
fn address_of(installation: &Installation, method: &MethodDescriptor) -> anyhow::Result<String> {
    let package = method.parent_service().package_name().to_owned();
    let member = match package.split('.').nth(1) {
        Some("approval") => "approval-orchestrator",
        // Who people are is the organisation's to say.
        Some("access") => "organization",
        Some(name) => name,
        None => bail!("{package} is no package of the suite"),
    };
    installation
        .addresses
        .get(member)
        .cloned()
        .with_context(|| format!("{member} is not served here"))
}

fn json(message: &DynamicMessage) -> anyhow::Result<String> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::pretty(&mut text);
    let options = SerializeOptions::new().use_proto_field_name(true);
    message.serialize_with_options(&mut writer, &options)?;
    Ok(String::from_utf8(text)?)
}

/// Messages by descriptor.
struct DynamicCodec(MessageDescriptor);

impl Codec for DynamicCodec {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = DynamicEncoder;
    type Decoder = DynamicDecoder;

    fn encoder(&mut self) -> DynamicEncoder {
        DynamicEncoder
    }

    fn decoder(&mut self) -> DynamicDecoder {
        DynamicDecoder(self.0.clone())
    }
}

struct DynamicEncoder;

impl Encoder for DynamicEncoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&message.encode_to_vec());
        Ok(())
    }
}

struct DynamicDecoder(MessageDescriptor);

impl Decoder for DynamicDecoder {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        let message = DynamicMessage::decode(self.0.clone(), bytes);
        message
            .map(Some)
            .map_err(|error| Status::internal(format!("the answer does not decode: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{message, method_meant};

    #[test]
    fn a_method_is_found_by_its_name_or_in_full() {
        for name in [
            "ListContracts",
            "salient.contracts.v1.ContractService/ListContracts",
        ] {
            assert_eq!(
                method_meant(name).expect("known").full_name(),
                "salient.contracts.v1.ContractService.ListContracts"
            );
        }
        for name in ["NoSuchMethod", "UploadFile"] {
            assert!(method_meant(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_mutation_gets_a_request_id_unless_it_has_one() {
        let method = method_meant("SubmitContract").expect("known");
        let request_id = |json: &str| {
            let message = message(&method, json).expect("a request");
            message
                .get_field_by_name("request_id")
                .and_then(|id| id.as_str().map(str::to_owned))
        };
        assert_eq!(request_id(r#"{"request_id": "mine"}"#).as_deref(), Some("mine"));
        assert_ne!(request_id("{}"), request_id("{}"));
        assert!(message(&method, r#"{"colour": "red"}"#).is_err());
    }
}
