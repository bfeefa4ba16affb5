use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Date, Integer, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use rust_decimal::Decimal;
use salient_database::{Connection, Error};
use uuid::Uuid;

use crate::domain::Contract;

/// Saves everything about a contract that may change, onto the version it was decided on. Answers false where that is no longer the
/// current one.
///
/// One statement for every change: it is prepared once, while diesel prepares an `update` anew each time.
pub(crate) async fn contract_save(
    connection: &mut Connection,
    contract: &Contract,
    expected: i64,
) -> Result<bool, Error> {
    let saved = SaveContract::new(contract, expected).execute(connection).await?;
    Ok(saved == 1)
}

#[derive(Debug, QueryId)]
struct SaveContract {
    id: Uuid,
    expected: i64,
    number: Option<String>,
    state: &'static str,
    customer: Uuid,
    currency: &'static str,
    total: Decimal,
    tax: Decimal,
    revision: i64,
    version: i64,
    approval: Option<Uuid>,
    round: Option<i32>,
    submit_time: Option<jiff_diesel::Timestamp>,
    outcome: Option<&'static str>,
    outcome_comment: Option<String>,
    outcome_time: Option<jiff_diesel::Timestamp>,
    sign_date: Option<jiff_diesel::Date>,
    company_signatory: Option<String>,
    customer_signatory: Option<String>,
    file: Option<i32>,
    update_time: jiff_diesel::Timestamp,
    archive_time: Option<jiff_diesel::Timestamp>,
    delete_time: Option<jiff_diesel::Timestamp>,
}

impl SaveContract {
    fn new(contract: &Contract, expected: i64) -> Self {
        let head = &contract.head;
        let sign_off = head.sign_off.as_ref();
        let ended = sign_off.and_then(|sign_off| sign_off.ended.as_ref());
        let signing = head.signing.as_ref();
        Self {
            id: head.id,
            expected,
            number: head.number.clone(),
            state: head.state.name(),
            customer: contract.content.customer,
            currency: contract.content.currency.as_str(),
            total: head.amounts.total,
            tax: head.amounts.tax,
            revision: head.revision,
            version: head.version,
            approval: sign_off.map(|sign_off| sign_off.approval),
            round: sign_off.map(|sign_off| sign_off.round),
            submit_time: sign_off.map(|sign_off| sign_off.submit_time.into()),
            outcome: ended.map(|ended| ended.outcome.name()),
            outcome_comment: ended.map(|ended| ended.comment.clone()),
            outcome_time: ended.map(|ended| ended.time.into()),
            sign_date: signing.map(|signing| signing.date.into()),
            company_signatory: signing.map(|signing| signing.company.clone()),
            customer_signatory: signing.map(|signing| signing.customer.clone()),
            file: head.file,
            update_time: head.update_time.into(),
            archive_time: head.archive_time.map(Into::into),
            delete_time: head.delete_time.map(Into::into),
        }
    }
}

impl QueryFragment<Pg> for SaveContract {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UPDATE contract SET number = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.number)?;
        out.push_sql(", state = ");
        out.push_bind_param::<Text, _>(&self.state)?;
        out.push_sql(", customer = ");
        out.push_bind_param::<SqlUuid, _>(&self.customer)?;
        out.push_sql(", currency = ");
        out.push_bind_param::<Text, _>(&self.currency)?;
        out.push_sql(", total = ");
        out.push_bind_param::<Numeric, _>(&self.total)?;
        out.push_sql(", tax = ");
        out.push_bind_param::<Numeric, _>(&self.tax)?;
        out.push_sql(", revision = ");
        out.push_bind_param::<BigInt, _>(&self.revision)?;
        out.push_sql(", version = ");
        out.push_bind_param::<BigInt, _>(&self.version)?;
        out.push_sql(", approval = ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.approval)?;
        out.push_sql(", round = ");
        out.push_bind_param::<Nullable<Integer>, _>(&self.round)?;
        out.push_sql(", submit_time = ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.submit_time)?;
        out.push_sql(", outcome = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.outcome)?;
        out.push_sql(", outcome_comment = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.outcome_comment)?;
        out.push_sql(", outcome_time = ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.outcome_time)?;
        out.push_sql(", sign_date = ");
        out.push_bind_param::<Nullable<Date>, _>(&self.sign_date)?;
        out.push_sql(", company_signatory = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.company_signatory)?;
        out.push_sql(", customer_signatory = ");
        out.push_bind_param::<Nullable<Text>, _>(&self.customer_signatory)?;
        out.push_sql(", file = ");
        out.push_bind_param::<Nullable<Integer>, _>(&self.file)?;
        out.push_sql(", update_time = ");
        out.push_bind_param::<Timestamptz, _>(&self.update_time)?;
        out.push_sql(", archive_time = ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.archive_time)?;
        out.push_sql(", delete_time = ");
        out.push_bind_param::<Nullable<Timestamptz>, _>(&self.delete_time)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<BigInt, _>(&self.expected)?;
        Ok(())
    }
}

impl<Conn> diesel::RunQueryDsl<Conn> for SaveContract {}
