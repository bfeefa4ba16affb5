//! Announcements, deliveries and the idempotency key of one transaction, written by one statement.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use jiff::Timestamp;
use prost::{Message, Name};
use prost_types::Any;
use salient_operation::{IdempotencyKey, OpContext};
use uuid::Uuid;

/// An event to announce: a fact about a resource.
#[derive(Debug, Clone)]
pub struct NewEvent {
    id: Uuid,
    resource: String,
    kind: String,
    payload: Vec<u8>,
}

impl NewEvent {
    /// The event that this message describes, about this resource (`contracts/{contract}`).
    #[must_use]
    pub fn of<M: Message + Name>(resource: impl Into<String>, message: &M) -> Self {
        let payload = Any {
            type_url: M::type_url(),
            value: message.encode_to_vec(),
        };
        Self {
            id: Uuid::now_v7(),
            resource: resource.into(),
            kind: M::full_name(),
            payload: payload.encode_to_vec(),
        }
    }

    /// What happened, the full name of the message.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The message, as an encoded `Any`.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// A call to another service that must happen.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Its id, and the `request_id` of the call.
    pub id: Uuid,
    /// Which handler of the relay delivers it: the other service's name.
    pub destination: String,
    /// Which of the handler's calls it is.
    pub method: &'static str,
    /// Deliveries with the same key reach their handlers one after the other.
    pub ordering_key: String,
    /// The encoded request.
    pub payload: Vec<u8>,
}

impl NewDelivery {
    /// A call with this request. `request` is made from the delivery's id, which belongs into its `request_id`.
    #[must_use]
    pub fn of<M: Message>(
        destination: impl Into<String>,
        method: &'static str,
        ordering_key: impl Into<String>,
        request: impl FnOnce(Uuid) -> M,
    ) -> Self {
        let id = Uuid::now_v7();
        Self {
            id,
            destination: destination.into(),
            method,
            ordering_key: ordering_key.into(),
            payload: request(id).encode_to_vec(),
        }
    }
}

/// What a transaction leaves beside its own rows: the common table expressions that insert it.
///
/// As a fragment it renders `event_row AS (…), delivery_row AS (…), key_row AS (…)`, to stand in a service's own `WITH`.
/// The text is always the same, so that the statement around it is prepared once.
#[derive(Debug, QueryId)]
pub struct LedgerCte {
    event_ids: Vec<Uuid>,
    resources: Vec<String>,
    kinds: Vec<String>,
    event_payloads: Vec<Vec<u8>>,
    delivery_ids: Vec<Uuid>,
    destinations: Vec<String>,
    methods: Vec<String>,
    ordering_keys: Vec<String>,
    delivery_payloads: Vec<Vec<u8>>,
    actor: String,
    traceparent: Option<String>,
    now: jiff_diesel::Timestamp,
    callers: Vec<String>,
    request_ids: Vec<Uuid>,
    fingerprints: Vec<Vec<u8>>,
    responses: Vec<Vec<u8>>,
}

impl LedgerCte {
    pub(crate) fn new(
        op: &OpContext,
        now: Timestamp,
        events: Vec<NewEvent>,
        deliveries: Vec<NewDelivery>,
        answer: Option<(&IdempotencyKey, Vec<u8>)>,
    ) -> Self {
        let mut cte = Self {
            event_ids: Vec::with_capacity(events.len()),
            resources: Vec::with_capacity(events.len()),
            kinds: Vec::with_capacity(events.len()),
            event_payloads: Vec::with_capacity(events.len()),
            delivery_ids: Vec::with_capacity(deliveries.len()),
            destinations: Vec::with_capacity(deliveries.len()),
            methods: Vec::with_capacity(deliveries.len()),
            ordering_keys: Vec::with_capacity(deliveries.len()),
            delivery_payloads: Vec::with_capacity(deliveries.len()),
            actor: op.actor(),
            traceparent: op.traceparent.clone(),
            now: now.into(),
            callers: Vec::new(),
            request_ids: Vec::new(),
            fingerprints: Vec::new(),
            responses: Vec::new(),
        };
        for event in events {
            cte.event_ids.push(event.id);
            cte.resources.push(event.resource);
            cte.kinds.push(event.kind);
            cte.event_payloads.push(event.payload);
        }
        for delivery in deliveries {
            cte.delivery_ids.push(delivery.id);
            cte.destinations.push(delivery.destination);
            cte.methods.push(delivery.method.to_owned());
            cte.ordering_keys.push(delivery.ordering_key);
            cte.delivery_payloads.push(delivery.payload);
        }
        if let Some((key, response)) = answer {
            cte.callers.push(key.caller.clone());
            cte.request_ids.push(key.request_id);
            cte.fingerprints.push(key.fingerprint.to_vec());
            cte.responses.push(response);
        }
        cte
    }
}

impl QueryFragment<Pg> for LedgerCte {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("event_row AS (INSERT INTO event (id, resource, type, payload, actor, event_time, traceparent) SELECT *, ");
        out.push_bind_param::<Text, _>(&self.actor)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.traceparent)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.event_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.resources)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.event_payloads)?;
        out.push_sql(
            ")), delivery_row AS (INSERT INTO outbox \
             (id, destination, method, ordering_key, payload, create_time, due_time, traceparent) SELECT *, ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.traceparent)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.delivery_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.destinations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.methods)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.ordering_keys)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.delivery_payloads)?;
        out.push_sql(
            ")), key_row AS (INSERT INTO idempotency \
             (caller, request_id, fingerprint, response, create_time) SELECT *, ",
        );
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.callers)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.request_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.fingerprints)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.responses)?;
        out.push_sql("))");
        Ok(())
    }
}

/// The statement that ends a transaction which wrote its own rows before.
#[derive(Debug, QueryId)]
pub(crate) struct Record(pub LedgerCte);

impl QueryFragment<Pg> for Record {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH ");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" SELECT 1");
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for Record {}
