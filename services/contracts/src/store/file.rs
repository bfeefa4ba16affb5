use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, Selectable,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Corrupt, schema::file};
use crate::domain::{File, FileType};

/// Where a page of files ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct FileCursor(pub i32);

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = file)]
struct FileRow {
    contract: Uuid,
    version: i32,
    filename: String,
    content_type: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    uploader: Uuid,
    create_time: jiff_diesel::Timestamp,
}

impl TryFrom<FileRow> for File {
    type Error = Corrupt;

    fn try_from(row: FileRow) -> Result<Self, Corrupt> {
        let corrupt = |column| Corrupt::of(row.contract, column);
        Ok(Self {
            contract: row.contract,
            version: row.version,
            kind: FileType::named(&row.content_type).ok_or_else(|| corrupt("content_type"))?,
            size_bytes: row.size_bytes,
            sha256: row.sha256.try_into().map_err(|_| corrupt("sha256"))?,
            filename: row.filename,
            uploader: row.uploader,
            create_time: row.create_time.to_jiff(),
        })
    }
}

/// Records a version of a contract's signed file.
pub(crate) async fn file_insert(connection: &mut Connection, new: &File) -> Result<(), Error> {
    diesel::insert_into(file::table)
        .values((
            file::contract.eq(new.contract),
            file::version.eq(new.version),
            file::filename.eq(&new.filename),
            file::content_type.eq(new.kind.name()),
            file::size_bytes.eq(new.size_bytes),
            file::sha256.eq(&new.sha256[..]),
            file::uploader.eq(new.uploader),
            file::create_time.eq(jiff_diesel::Timestamp::from(new.create_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// A version of a contract's signed file, if there is one.
pub(crate) async fn file_find(
    connection: &mut Connection,
    contract: Uuid,
    version: i32,
) -> Result<Option<File>, Error> {
    let row = file::table
        .find((contract, version))
        .select(FileRow::as_select())
        .first(connection)
        .await;
    Ok(row.optional()?.map(File::try_from).transpose()?)
}

/// A page of the versions of a contract's signed file, the newest first.
pub(crate) async fn file_list(
    connection: &mut Connection,
    contract: Uuid,
    after: Option<FileCursor>,
    limit: i64,
) -> Result<Vec<File>, Error> {
    let before = after.map_or(i32::MAX, |cursor| cursor.0);
    let rows: Vec<FileRow> = file::table
        .filter(file::contract.eq(contract))
        .filter(file::version.lt(before))
        .order(file::version.desc())
        .limit(limit)
        .select(FileRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(|row| Ok(row.try_into()?)).collect()
}
