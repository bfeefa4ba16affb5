use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    Selectable, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use salient_paging::filter::{Comparison, Operator, Value};
use uuid::Uuid;

use super::{
    filter::{equal, ordered},
    schema::{deputyship, deputyship_head},
};
use crate::domain::deputies::{Deputyship, MOST_LINKS};

/// A deputyship, and what is said of it.
#[derive(Clone, Debug)]
pub struct DeputyshipRow {
    /// Whose, for what and how long.
    pub deputyship: Deputyship,
    /// When it was ended before its time.
    pub stop_time: Option<Timestamp>,
    /// Why it is.
    pub reason: String,
    /// Who made it.
    pub author: String,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it was changed last.
    pub update_time: Timestamp,
}

impl DeputyshipRow {
    /// Whether it holds no more, and will not again.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.stop_time.is_some() || self.deputyship.end_time <= now
    }
}

/// Which deputyships to list, the newest first.
#[derive(Clone, Debug)]
pub struct DeputyshipQuery {
    /// In which this person is the principal or the deputy; everybody's where there is none.
    pub concerning: Option<Uuid>,
    /// Conditions on `principal`, `deputy`, `state`, `start_time`, `end_time` and `create_time`.
    pub filter: Vec<Comparison>,
    /// As of when they have a state.
    pub now: Timestamp,
    /// Behind this one, by time and id.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deputyship)]
struct Row {
    id: Uuid,
    principal: Uuid,
    deputy: Uuid,
    deputy_name: String,
    kinds: Vec<String>,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    start_time: Timestamp,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    end_time: Timestamp,
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    stop_time: Option<Timestamp>,
    reason: String,
    author: String,
    version: i64,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    create_time: Timestamp,
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    update_time: Timestamp,
}

impl From<Row> for DeputyshipRow {
    fn from(row: Row) -> Self {
        Self {
            deputyship: Deputyship {
                id: row.id,
                principal: row.principal,
                deputy: row.deputy,
                deputy_name: row.deputy_name,
                kinds: row.kinds,
                start_time: row.start_time,
                end_time: row.end_time,
            },
            stop_time: row.stop_time,
            reason: row.reason,
            author: row.author,
            version: row.version,
            create_time: row.create_time,
            update_time: row.update_time,
        }
    }
}

impl From<Row> for Deputyship {
    fn from(row: Row) -> Self {
        DeputyshipRow::from(row).deputyship
    }
}

/// Waits until nobody else makes or changes a deputyship, and keeps others waiting until the transaction ends: what is read from then
/// on is what there is.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyships_lock(connection: &mut Connection) -> Result<(), Error> {
    diesel::update(deputyship_head::table)
        .set(deputyship_head::revision.eq(deputyship_head::revision + 1))
        .execute(connection)
        .await?;
    Ok(())
}

/// Grows whenever a deputyship is made or changed.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyships_revision(connection: &mut Connection) -> Result<i64, Error> {
    Ok(deputyship_head::table
        .select(deputyship_head::revision)
        .first(connection)
        .await?)
}

/// Those that are not over.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyships_open(connection: &mut Connection, now: Timestamp) -> Result<Vec<Deputyship>, Error> {
    let rows: Vec<Row> = deputyship::table
        .filter(deputyship::stop_time.is_null())
        .filter(deputyship::end_time.gt(jiff_diesel::Timestamp::from(now)))
        .select(Row::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Deputyship::from).collect())
}

/// How many are not over.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyships_open_count(connection: &mut Connection, now: Timestamp) -> Result<i64, Error> {
    Ok(deputyship::table
        .filter(deputyship::stop_time.is_null())
        .filter(deputyship::end_time.gt(jiff_diesel::Timestamp::from(now)))
        .count()
        .get_result(connection)
        .await?)
}

/// Those that are not over on which it depends whether another one may be: all of its principal's, and of the deputies of its deputy
/// and those whose deputy its principal is, link by link, those that hold at an instant at which it does.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyships_around(
    connection: &mut Connection,
    new: &Deputyship,
    now: Timestamp,
) -> Result<Vec<Deputyship>, Error> {
    let now = jiff_diesel::Timestamp::from(now);
    let (start, end) = (new.start_time, new.end_time);
    let [start, end] = [start, end].map(jiff_diesel::Timestamp::from);
    let open = || {
        let open = deputyship::table.filter(deputyship::stop_time.is_null());
        let open = open.filter(deputyship::end_time.gt(now));
        open.select(Row::as_select())
    };
    let meeting = || {
        let meeting = open().filter(deputyship::end_time.gt(start));
        meeting.filter(deputyship::start_time.lt(end))
    };
    let own: Vec<Row> = open()
        .filter(deputyship::principal.eq(new.principal))
        .load(connection)
        .await?;
    let mut found: BTreeMap<Uuid, Deputyship> = BTreeMap::new();
    let mut keep = |rows: Vec<Row>| {
        let rows = rows.into_iter().map(Deputyship::from);
        found.extend(rows.map(|row| (row.id, row)));
    };
    keep(own);

    let (mut asked, mut people) = (BTreeSet::new(), BTreeSet::from([new.deputy]));
    for _ in 0..MOST_LINKS {
        people.retain(|person| asked.insert(*person));
        if people.is_empty() {
            break;
        }
        let rows: Vec<Row> = meeting()
            .filter(deputyship::principal.eq_any(Vec::from_iter(people)))
            .load(connection)
            .await?;
        people = rows.iter().map(|row| row.deputy).collect();
        keep(rows);
    }
    let (mut asked, mut people) = (BTreeSet::new(), BTreeSet::from([new.principal]));
    for _ in 0..MOST_LINKS {
        people.retain(|person| asked.insert(*person));
        if people.is_empty() {
            break;
        }
        let rows: Vec<Row> = meeting()
            .filter(deputyship::deputy.eq_any(Vec::from_iter(people)))
            .load(connection)
            .await?;
        people = rows.iter().map(|row| row.principal).collect();
        keep(rows);
    }
    Ok(found.into_values().collect())
}

/// A deputyship, if there is such.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyship_find(connection: &mut Connection, id: Uuid) -> Result<Option<DeputyshipRow>, Error> {
    let row = deputyship::table
        .find(id)
        .select(Row::as_select())
        .first(connection)
        .await;
    Ok(row.optional()?.map(DeputyshipRow::from))
}

/// A page of deputyships.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyship_list(
    connection: &mut Connection,
    query: DeputyshipQuery,
) -> Result<Vec<DeputyshipRow>, Error> {
    let now = jiff_diesel::Timestamp::from(query.now);
    let mut rows = deputyship::table
        .select(Row::as_select())
        .order((deputyship::create_time.desc(), deputyship::id.desc()))
        .limit(query.limit)
        .into_boxed();
    if let Some(person) = query.concerning {
        rows = rows.filter(deputyship::principal.eq(person).or(deputyship::deputy.eq(person)));
    }
    if let Some((time, id)) = query.after {
        let time = jiff_diesel::Timestamp::from(time);
        // The first condition is what the index is entered with.
        rows = rows
            .filter(deputyship::create_time.le(time))
            .filter(deputyship::create_time.lt(time).or(deputyship::id.lt(id)));
    }
    for Comparison {
        field,
        operator,
        value,
    } in query.filter
    {
        let wanted = operator != Operator::NotEqual;
        let open = deputyship::stop_time.is_null().and(deputyship::end_time.gt(now));
        rows = match (field, value) {
            ("principal", Value::Name(person)) => equal!(rows, deputyship::principal, operator, person),
            ("deputy", Value::Name(person)) => equal!(rows, deputyship::deputy, operator, person),
            ("state", Value::Enum("ENDED")) if wanted => rows.filter(diesel::dsl::not(open)),
            ("state", Value::Enum("ENDED")) => rows.filter(open),
            ("state", Value::Enum("SCHEDULED")) => {
                let scheduled = open.and(deputyship::start_time.gt(now));
                rows.filter(scheduled.eq(wanted))
            }
            ("state", Value::Enum(_)) => {
                let active = open.and(deputyship::start_time.le(now));
                rows.filter(active.eq(wanted))
            }
            ("start_time", Value::Timestamp(time)) => {
                let time = jiff_diesel::Timestamp::from(time);
                ordered!(rows, deputyship::start_time, operator, time)
            }
            ("end_time", Value::Timestamp(time)) => {
                let time = jiff_diesel::Timestamp::from(time);
                ordered!(rows, deputyship::end_time, operator, time)
            }
            ("create_time", Value::Timestamp(time)) => {
                let time = jiff_diesel::Timestamp::from(time);
                ordered!(rows, deputyship::create_time, operator, time)
            }
            _ => rows,
        };
    }
    let rows: Vec<Row> = rows.load(connection).await?;
    Ok(rows.into_iter().map(DeputyshipRow::from).collect())
}

/// Keeps a new deputyship; the lock has to be held.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyship_insert(connection: &mut Connection, row: &DeputyshipRow) -> Result<(), Error> {
    let new = &row.deputyship;
    diesel::insert_into(deputyship::table)
        .values((
            deputyship::id.eq(new.id),
            deputyship::principal.eq(new.principal),
            deputyship::deputy.eq(new.deputy),
            deputyship::deputy_name.eq(&new.deputy_name),
            deputyship::kinds.eq(&new.kinds),
            deputyship::start_time.eq(jiff_diesel::Timestamp::from(new.start_time)),
            deputyship::end_time.eq(jiff_diesel::Timestamp::from(new.end_time)),
            deputyship::reason.eq(&row.reason),
            deputyship::author.eq(&row.author),
            deputyship::version.eq(row.version),
            deputyship::create_time.eq(jiff_diesel::Timestamp::from(row.create_time)),
            deputyship::update_time.eq(jiff_diesel::Timestamp::from(row.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what may change of a deputyship as it is now; the lock has to be held.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn deputyship_save(connection: &mut Connection, row: &DeputyshipRow) -> Result<(), Error> {
    let (end_time, stop_time) = (row.deputyship.end_time, row.stop_time);
    diesel::update(deputyship::table.find(row.deputyship.id))
        .set((
            deputyship::end_time.eq(jiff_diesel::Timestamp::from(end_time)),
            deputyship::stop_time.eq(stop_time.map(jiff_diesel::Timestamp::from)),
            deputyship::reason.eq(&row.reason),
            deputyship::version.eq(row.version),
            deputyship::update_time.eq(jiff_diesel::Timestamp::from(row.update_time)),
        ))
        .execute(connection)
        .await?;
    Ok(())
}
