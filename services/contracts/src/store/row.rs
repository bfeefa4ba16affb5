//! A contract's row, and what it is as a contract.

use diesel::{Queryable, Selectable};
use rust_decimal::Decimal;
use salient_database::Document;
use uuid::Uuid;

use super::{
    Corrupt,
    document::{self, ContentDocument},
    schema::{contract, revision},
};
use crate::domain::{Amounts, Contract, Ended, Head, Outcome, SignOff, Signing, State};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = contract)]
pub(super) struct ContractRow {
    id: Uuid,
    number: Option<String>,
    state: String,
    owner: Uuid,
    unit: Uuid,
    region_code: String,
    total: Decimal,
    tax: Decimal,
    revision: i64,
    version: i64,
    approval: Option<Uuid>,
    round: Option<i32>,
    submit_time: Option<jiff_diesel::Timestamp>,
    outcome: Option<String>,
    outcome_comment: Option<String>,
    outcome_time: Option<jiff_diesel::Timestamp>,
    sign_date: Option<jiff_diesel::Date>,
    company_signatory: Option<String>,
    customer_signatory: Option<String>,
    file: Option<i32>,
    create_time: jiff_diesel::Timestamp,
    update_time: jiff_diesel::Timestamp,
    archive_time: Option<jiff_diesel::Timestamp>,
    delete_time: Option<jiff_diesel::Timestamp>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = revision)]
pub(super) struct ContentRow {
    content: Document<ContentDocument>,
    digest: Vec<u8>,
}

impl TryFrom<(ContractRow, ContentRow)> for Contract {
    type Error = Corrupt;

    fn try_from((row, said): (ContractRow, ContentRow)) -> Result<Self, Corrupt> {
        let id = row.id;
        Ok(Self {
            head: row.try_into()?,
            content: document::read(said.content).ok_or_else(|| Corrupt::of(id, "content"))?,
            digest: said.digest.try_into().map_err(|_| Corrupt::of(id, "digest"))?,
        })
    }
}

impl TryFrom<ContractRow> for Head {
    type Error = Corrupt;

    fn try_from(row: ContractRow) -> Result<Self, Corrupt> {
        let id = row.id;
        Ok(Self {
            state: State::named(&row.state).ok_or_else(|| Corrupt::of(id, "state"))?,
            sign_off: sign_off(&row)?,
            signing: signing(&row),
            id,
            number: row.number,
            owner: row.owner,
            unit: row.unit,
            region_code: row.region_code,
            amounts: Amounts {
                total: row.total,
                tax: row.tax,
            },
            revision: row.revision,
            version: row.version,
            file: row.file,
            create_time: row.create_time.to_jiff(),
            update_time: row.update_time.to_jiff(),
            archive_time: row.archive_time.map(jiff_diesel::Timestamp::to_jiff),
            delete_time: row.delete_time.map(jiff_diesel::Timestamp::to_jiff),
        })
    }
}

fn sign_off(row: &ContractRow) -> Result<Option<SignOff>, Corrupt> {
    let (Some(approval), Some(round), Some(submitted)) = (row.approval, row.round, row.submit_time) else {
        return Ok(None);
    };
    let ended = match (&row.outcome, &row.outcome_comment, row.outcome_time) {
        (Some(outcome), Some(comment), Some(time)) => Some(Ended {
            outcome: Outcome::named(outcome).ok_or_else(|| Corrupt::of(row.id, "outcome"))?,
            comment: comment.clone(),
            time: time.to_jiff(),
        }),
        _ => None,
    };
    Ok(Some(SignOff {
        approval,
        round,
        submit_time: submitted.to_jiff(),
        ended,
    }))
}

fn signing(row: &ContractRow) -> Option<Signing> {
    Some(Signing {
        date: row.sign_date?.to_jiff(),
        company: row.company_signatory.clone()?,
        customer: row.customer_signatory.clone()?,
    })
}
