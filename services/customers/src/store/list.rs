use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, PgArrayExpressionMethods as _,
    QueryDsl as _, SelectableHelper as _, TextExpressionMethods as _,
};
use diesel_async::RunQueryDsl as _;
use jiff::Timestamp;
use salient_database::{Connection, Error};
use salient_operation::Reach;
use salient_paging::filter::Operator;
use uuid::Uuid;

use super::{
    customers::{Archived, archived},
    rows::{AccountRow, CustomerRow},
    schema::{credit_account, customer},
};
use crate::domain::{grade::Grade, search::Search};

/// Which customers to list.
#[derive(Debug, Clone)]
pub struct CustomerQuery {
    /// As far as the caller reaches.
    pub reach: Reach,
    /// What must hold, all of it.
    pub conditions: Vec<Condition>,
    /// What to find in them.
    pub search: Option<Search>,
    /// Deleted ones too.
    pub show_deleted: bool,
    /// In which order.
    pub order: Order,
    /// Behind this one.
    pub after: Option<Position>,
    /// At most so many.
    pub limit: i64,
}

/// One thing that must hold for a customer, compared as the filter says.
#[derive(Debug, Clone)]
pub enum Condition {
    /// It has this grade, or not.
    Grade(Operator, Grade),
    /// It is this person's, or not.
    Owner(Operator, Uuid),
    /// It belongs to this unit, or not.
    Unit(Operator, Uuid),
    /// It is in this province, or not.
    AdministrativeArea(Operator, String),
    /// It is in this city, or not.
    Locality(Operator, String),
    /// It was recorded at, before or after this instant.
    CreateTime(Operator, Timestamp),
}

/// The order of a list. The id decides between equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: Key,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The normalised name.
    Name,
    /// When it was recorded.
    CreateTime,
}

/// Where a page ended: the key's value and the id.
#[derive(Debug, Clone)]
pub enum Position {
    /// In a list by name.
    Name(String, Uuid),
    /// In a list by age.
    CreateTime(Timestamp, Uuid),
}

/// A page of customers.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn customer_list(
    connection: &mut Connection,
    query: CustomerQuery,
) -> Result<Vec<Archived>, Error> {
    let mut rows = customer::table
        .left_join(credit_account::table.on(credit_account::customer.eq(customer::id)))
        .select((CustomerRow::as_select(), Option::<AccountRow>::as_select()))
        .limit(query.limit)
        .into_boxed();
    match query.reach {
        Reach::Company | Reach::Service => {}
        Reach::Own(own) => rows = rows.filter(customer::owner.eq(own)),
        Reach::Units { units, own } => {
            let units: Vec<Uuid> = units.iter().copied().collect();
            rows = rows.filter(customer::owner.eq(own).or(customer::unit.eq_any(units)));
        }
    }
    if !query.show_deleted {
        rows = rows.filter(customer::delete_time.is_null());
    }
    for condition in query.conditions {
        rows = match condition {
            Condition::Grade(Operator::NotEqual, grade) => rows.filter(customer::grade.ne(grade.as_str())),
            Condition::Grade(_, grade) => rows.filter(customer::grade.eq(grade.as_str())),
            Condition::Owner(Operator::NotEqual, owner) => rows.filter(customer::owner.ne(owner)),
            Condition::Owner(_, owner) => rows.filter(customer::owner.eq(owner)),
            Condition::Unit(Operator::NotEqual, unit) => rows.filter(customer::unit.ne(unit)),
            Condition::Unit(_, unit) => rows.filter(customer::unit.eq(unit)),
            Condition::AdministrativeArea(Operator::NotEqual, area) => {
                rows.filter(customer::administrative_area.ne(area))
            }
            Condition::AdministrativeArea(Operator::Has, area) => {
                rows.filter(customer::administrative_area.like(containing(&area)))
            }
            Condition::AdministrativeArea(_, area) => rows.filter(customer::administrative_area.eq(area)),
            Condition::Locality(Operator::NotEqual, locality) => rows.filter(customer::locality.ne(locality)),
            Condition::Locality(Operator::Has, locality) => {
                rows.filter(customer::locality.like(containing(&locality)))
            }
            Condition::Locality(_, locality) => rows.filter(customer::locality.eq(locality)),
            Condition::CreateTime(operator, time) => {
                let time = instant(time);
                match operator {
                    Operator::Equal | Operator::Has => rows.filter(customer::create_time.eq(time)),
                    Operator::NotEqual => rows.filter(customer::create_time.ne(time)),
                    Operator::Less => rows.filter(customer::create_time.lt(time)),
                    Operator::LessOrEqual => rows.filter(customer::create_time.le(time)),
                    Operator::Greater => rows.filter(customer::create_time.gt(time)),
                    Operator::GreaterOrEqual => rows.filter(customer::create_time.ge(time)),
                }
            }
        };
    }
    if let Some(search) = query.search {
        // The pairs find candidates by the index; only the text itself tells whether the whole word is in them.
        rows = rows.filter(customer::search_grams.contains(search.grams()));
        for word in search.words() {
            // Words are letters and digits, so nothing in them means anything to LIKE.
            rows = rows.filter(customer::search_text.like(format!("%{word}%")));
        }
    }
    // In two conditions, for only the first is a place in the index to start from; one `OR` would read every page before this one.
    rows = match (query.after, query.order.descending) {
        (None, _) => rows,
        (Some(Position::Name(name, id)), false) => rows
            .filter(customer::normalized_name.ge(name.clone()))
            .filter(customer::normalized_name.gt(name).or(customer::id.gt(id))),
        (Some(Position::Name(name, id)), true) => rows
            .filter(customer::normalized_name.le(name.clone()))
            .filter(customer::normalized_name.lt(name).or(customer::id.lt(id))),
        (Some(Position::CreateTime(time, id)), false) => rows
            .filter(customer::create_time.ge(instant(time)))
            .filter(customer::create_time.gt(instant(time)).or(customer::id.gt(id))),
        (Some(Position::CreateTime(time, id)), true) => rows
            .filter(customer::create_time.le(instant(time)))
            .filter(customer::create_time.lt(instant(time)).or(customer::id.lt(id))),
    };
    rows = match (query.order.by, query.order.descending) {
        (Key::Name, false) => rows.order((customer::normalized_name.asc(), customer::id.asc())),
        (Key::Name, true) => rows.order((customer::normalized_name.desc(), customer::id.desc())),
        (Key::CreateTime, false) => rows.order((customer::create_time.asc(), customer::id.asc())),
        (Key::CreateTime, true) => rows.order((customer::create_time.desc(), customer::id.desc())),
    };
    rows.load(connection).await?.into_iter().map(archived).collect()
}

/// What LIKE takes for "contains", every character of the text meant literally.
fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn instant(time: Timestamp) -> jiff_diesel::Timestamp {
    time.into()
}
