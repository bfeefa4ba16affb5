use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, Selectable,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use salient_database::{Connection, Document, Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Corrupt,
    document::{self, ContentDocument},
    schema::revision,
};
use crate::domain::{Amounts, Content, Contract};

/// What a contract said at one of its revisions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Revision {
    /// The contract.
    pub contract: Uuid,
    /// Which revision, from 1.
    pub number: i64,
    /// What it said.
    pub content: Content,
    /// The digest of that.
    pub digest: [u8; 32],
    /// What it summed to.
    pub amounts: Amounts,
    /// Who wrote it.
    pub author: Uuid,
    /// When.
    pub create_time: Timestamp,
}

/// Where a page of revisions ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct RevisionCursor(pub i64);

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = revision)]
struct RevisionRow {
    contract: Uuid,
    number: i64,
    content: Document<ContentDocument>,
    digest: Vec<u8>,
    total: Decimal,
    tax: Decimal,
    author: Uuid,
    create_time: jiff_diesel::Timestamp,
}

impl TryFrom<RevisionRow> for Revision {
    type Error = Corrupt;

    fn try_from(row: RevisionRow) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt::of(row.contract, column);
        Ok(Self {
            contract: row.contract,
            number: row.number,
            content: document::read(row.content).ok_or_else(|| corrupt("content"))?,
            digest: row.digest.try_into().map_err(|_| corrupt("digest"))?,
            amounts: Amounts {
                total: row.total,
                tax: row.tax,
            },
            author: row.author,
            create_time: row.create_time.to_jiff(),
        })
    }
}

/// Keeps a contract's current content as the revision that it is.
pub(crate) async fn revision_insert(
    connection: &mut Connection,
    contract: &Contract,
    author: Uuid,
) -> Result<(), Error> {
    let head = &contract.head;
    diesel::insert_into(revision::table)
        .values((
            revision::contract.eq(head.id),
            revision::number.eq(head.revision),
            revision::content.eq(document::write(&contract.content)),
            revision::digest.eq(&contract.digest[..]),
            revision::total.eq(head.amounts.total),
            revision::tax.eq(head.amounts.tax),
            revision::author.eq(author),
            revision::create_time.eq(jiff_diesel::Timestamp::from(head.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// A revision of a contract, if there is one.
pub(crate) async fn revision_find(
    connection: &mut Connection,
    contract: Uuid,
    number: i64,
) -> Result<Option<Revision>, Error> {
    let row = revision::table
        .find((contract, number))
        .select(RevisionRow::as_select())
        .first(connection)
        .await;
    Ok(row.optional()?.map(Revision::try_from).transpose()?)
}

/// A page of a contract's revisions, the newest first.
pub(crate) async fn revision_list(
    connection: &mut Connection,
    contract: Uuid,
    after: Option<RevisionCursor>,
    limit: i64,
) -> Result<Vec<Revision>, Error> {
    let before = after.map_or(i64::MAX, |cursor| cursor.0);
    let rows: Vec<RevisionRow> = revision::table
        .filter(revision::contract.eq(contract))
        .filter(revision::number.lt(before))
        .order(revision::number.desc())
        .limit(limit)
        .select(RevisionRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}
