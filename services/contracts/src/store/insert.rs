use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Jsonb, Numeric, Text, Timestamptz, Uuid as SqlUuid},
};
use rust_decimal::Decimal;
use salient_database::{Document, LedgerCte};
use uuid::Uuid;

use super::document::{self, ContentDocument};
use crate::domain::Contract;

/// Inserts a new draft, its first revision, and what is announced and answered: one statement, prepared once, one round trip.
#[derive(Debug, QueryId)]
pub(crate) struct InsertContract {
    id: Uuid,
    state: &'static str,
    owner: Uuid,
    unit: Uuid,
    region_code: String,
    customer: Uuid,
    currency: &'static str,
    total: Decimal,
    tax: Decimal,
    revision: i64,
    version: i64,
    now: jiff_diesel::Timestamp,
    content: Document<ContentDocument>,
    digest: Vec<u8>,
    ledger: LedgerCte,
}

impl InsertContract {
    /// The statement for a draft.
    pub(crate) fn new(contract: &Contract, ledger: LedgerCte) -> Self {
        let head = &contract.head;
        Self {
            id: head.id,
            state: head.state.name(),
            owner: head.owner,
            unit: head.unit,
            region_code: head.region_code.clone(),
            customer: contract.content.customer,
            currency: contract.content.currency.as_str(),
            total: head.amounts.total,
            tax: head.amounts.tax,
            revision: head.revision,
            version: head.version,
            now: head.create_time.into(),
            content: document::write(&contract.content),
            digest: contract.digest.to_vec(),
            ledger,
        }
    }
}

impl QueryFragment<Pg> for InsertContract {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH ");
        self.ledger.walk_ast(out.reborrow())?;
        out.push_sql(
            ", revision_row AS (INSERT INTO revision \
             (contract, number, content, digest, total, tax, author, create_time) VALUES (",
        );
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.revision)?;
        out.push_sql(", ");
        out.push_bind_param::<Jsonb, _>(&self.content)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&self.digest)?;
        out.push_sql(", ");
        out.push_bind_param::<Numeric, _>(&self.total)?;
        out.push_sql(", ");
        out.push_bind_param::<Numeric, _>(&self.tax)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.owner)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(
            ")) INSERT INTO contract (id, state, owner, unit, region_code, customer, currency, \
             total, tax, revision, version, create_time, update_time) VALUES (",
        );
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.state)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.owner)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.unit)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.region_code)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.customer)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.currency)?;
        out.push_sql(", ");
        out.push_bind_param::<Numeric, _>(&self.total)?;
        out.push_sql(", ");
        out.push_bind_param::<Numeric, _>(&self.tax)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.revision)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.version)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for InsertContract {}
