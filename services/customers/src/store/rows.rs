//! Rows as values of the domain. A row that is none is a defect, for constraints and this service's writes make them.

use diesel::{AsChangeset, Insertable, Queryable, Selectable, pg::Pg, result::Error as DieselError};
use rust_decimal::Decimal;
use salient_database::Error;
use salient_values::{Currency, Money};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::schema::{credit_account, credit_entry, credit_reservation, customer, grade_period};
use crate::domain::{
    archive::{Address, Archive, Contact},
    credit::{CreditAccount, CreditEntry, EntryKind},
    credit_code::CreditCode,
    customer::{Customer, Placement},
    grade::{Grade, GradePeriod},
    name::CustomerName,
    reservation::{Claim, Refused, Reservation, Round, State},
    search,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = customer, check_for_backend(Pg))]
pub(super) struct CustomerRow {
    id: Uuid,
    version: i64,
    display_name: String,
    credit_code: Option<String>,
    region_code: String,
    administrative_area: String,
    locality: String,
    postal_code: String,
    street_address: String,
    contacts: serde_json::Value,
    needs: String,
    preferences: String,
    owner: Uuid,
    unit: Uuid,
    grade: String,
    grade_number: i64,
    create_time: jiff_diesel::Timestamp,
    update_time: jiff_diesel::Timestamp,
    delete_time: Option<jiff_diesel::Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = grade_period, check_for_backend(Pg))]
pub(super) struct GradePeriodRow {
    number: i64,
    grade: String,
    start_time: jiff_diesel::Timestamp,
    end_time: Option<jiff_diesel::Timestamp>,
    reason: String,
    actor: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = credit_account, check_for_backend(Pg))]
pub(super) struct AccountRow {
    customer: Uuid,
    version: i64,
    currency: String,
    credit_limit: Decimal,
    reserved: Decimal,
    confirmed: Decimal,
    closed: bool,
    update_time: jiff_diesel::Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = credit_entry, check_for_backend(Pg))]
pub(super) struct EntryRow {
    number: i64,
    kind: String,
    currency: String,
    amount: Decimal,
    credit_limit: Decimal,
    reserved: Decimal,
    confirmed: Decimal,
    approval: Option<Uuid>,
    round: Option<i32>,
    reason: String,
    actor: String,
    create_time: jiff_diesel::Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = credit_reservation, check_for_backend(Pg))]
pub(super) struct ReservationRow {
    approval: Uuid,
    round: i32,
    state: String,
    customer: Option<Uuid>,
    subject: Option<String>,
    currency: Option<String>,
    amount: Option<Decimal>,
    refusal_reason: Option<String>,
    refusal_en: Option<String>,
    refusal_zh: Option<String>,
}

/// All columns of a customer, for inserts and updates. `None` is NULL, not a default: the statement's text stays the same.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = customer, treat_none_as_default_value = false, treat_none_as_null = true, primary_key(id))]
pub(super) struct CustomerValues<'a> {
    id: Uuid,
    version: i64,
    display_name: &'a str,
    normalized_name: &'a str,
    credit_code: Option<&'a str>,
    region_code: &'a str,
    administrative_area: &'a str,
    locality: &'a str,
    postal_code: &'a str,
    street_address: &'a str,
    contacts: serde_json::Value,
    needs: &'a str,
    preferences: &'a str,
    owner: Uuid,
    unit: Uuid,
    grade: &'static str,
    grade_number: i64,
    search_text: String,
    search_grams: Vec<String>,
    create_time: jiff_diesel::Timestamp,
    update_time: jiff_diesel::Timestamp,
    delete_time: Option<jiff_diesel::Timestamp>,
}

impl<'a> CustomerValues<'a> {
    pub(super) fn of(customer: &'a Customer) -> Result<Self, Error> {
        let Archive {
            name,
            credit_code,
            address,
            contacts,
            needs,
            preferences,
        } = &customer.archive;
        let contacts: Vec<ContactDocument> = contacts.iter().map(ContactDocument::from).collect();
        let search_text = search::text(&customer.archive);
        Ok(Self {
            id: customer.id,
            version: customer.version,
            display_name: name.shown(),
            normalized_name: name.normalized(),
            credit_code: credit_code.as_ref().map(CreditCode::as_str),
            region_code: &address.region_code,
            administrative_area: &address.administrative_area,
            locality: &address.locality,
            postal_code: &address.postal_code,
            street_address: &address.street_address,
            contacts: serde_json::to_value(contacts).map_err(malformed)?,
            needs,
            preferences,
            owner: customer.placement.owner,
            unit: customer.placement.unit,
            grade: customer.grade.as_str(),
            grade_number: customer.grade_number,
            search_grams: search::grams(&search_text),
            search_text,
            create_time: customer.create_time.into(),
            update_time: customer.update_time.into(),
            delete_time: customer.delete_time.map(Into::into),
        })
    }
}

/// A contact as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ContactDocument {
    display_name: String,
    title: String,
    phone: String,
    email: String,
    primary: bool,
}

impl Default for ContactDocument {
    fn default() -> Self {
        (&Contact::default()).into()
    }
}

impl From<&Contact> for ContactDocument {
    fn from(contact: &Contact) -> Self {
        Self {
            display_name: contact.display_name.clone(),
            title: contact.title.clone(),
            phone: contact.phone.clone(),
            email: contact.email.clone(),
            primary: contact.primary,
        }
    }
}

impl From<ContactDocument> for Contact {
    fn from(document: ContactDocument) -> Self {
        Self {
            display_name: document.display_name,
            title: document.title,
            phone: document.phone,
            email: document.email,
            primary: document.primary,
        }
    }
}

impl TryFrom<CustomerRow> for Customer {
    type Error = Error;

    fn try_from(row: CustomerRow) -> Result<Self, Error> {
        let contacts: Vec<ContactDocument> = serde_json::from_value(row.contacts).map_err(malformed)?;
        let credit_code = row.credit_code.as_deref().map(CreditCode::parse);
        Ok(Self {
            id: row.id,
            version: row.version,
            archive: Archive {
                name: CustomerName::parse(&row.display_name).map_err(malformed)?,
                credit_code: credit_code.transpose().map_err(malformed)?,
                address: Address {
                    region_code: row.region_code,
                    administrative_area: row.administrative_area,
                    locality: row.locality,
                    postal_code: row.postal_code,
                    street_address: row.street_address,
                },
                contacts: contacts.into_iter().map(Contact::from).collect(),
                needs: row.needs,
                preferences: row.preferences,
            },
            placement: Placement {
                owner: row.owner,
                unit: row.unit,
            },
            grade: grade(&row.grade)?,
            grade_number: row.grade_number,
            create_time: row.create_time.to_jiff(),
            update_time: row.update_time.to_jiff(),
            delete_time: row.delete_time.map(jiff_diesel::Timestamp::to_jiff),
        })
    }
}

impl TryFrom<GradePeriodRow> for GradePeriod {
    type Error = Error;

    fn try_from(row: GradePeriodRow) -> Result<Self, Error> {
        Ok(Self {
            number: row.number,
            grade: grade(&row.grade)?,
            start_time: row.start_time.to_jiff(),
            end_time: row.end_time.map(jiff_diesel::Timestamp::to_jiff),
            reason: row.reason,
            actor: row.actor,
        })
    }
}

impl TryFrom<AccountRow> for CreditAccount {
    type Error = Error;

    fn try_from(row: AccountRow) -> Result<Self, Error> {
        let amount = |amount| money(amount, &row.currency);
        Ok(Self {
            customer: row.customer,
            version: row.version,
            limit: amount(row.credit_limit)?,
            reserved: amount(row.reserved)?,
            confirmed: amount(row.confirmed)?,
            closed: row.closed,
            update_time: row.update_time.to_jiff(),
        })
    }
}

impl TryFrom<EntryRow> for CreditEntry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self, Error> {
        let amount = |amount| money(amount, &row.currency);
        Ok(Self {
            number: row.number,
            kind: EntryKind::parse(&row.kind).ok_or_else(|| malformed("an unknown kind of entry"))?,
            amount: amount(row.amount)?,
            limit: amount(row.credit_limit)?,
            reserved: amount(row.reserved)?,
            confirmed: amount(row.confirmed)?,
            approval: row.approval.zip(row.round),
            reason: row.reason,
            actor: row.actor,
            create_time: row.create_time.to_jiff(),
        })
    }
}

impl TryFrom<ReservationRow> for Reservation {
    type Error = Error;

    fn try_from(row: ReservationRow) -> Result<Self, Error> {
        let claim = match (row.customer, row.subject, row.currency, row.amount) {
            (Some(customer), Some(subject), Some(currency), Some(amount)) => Some(Claim {
                customer,
                subject,
                amount: money(amount, &currency)?,
            }),
            _ => None,
        };
        let refused = match (row.refusal_reason, row.refusal_en, row.refusal_zh) {
            (Some(reason), Some(english), Some(chinese)) => Some(Refused {
                reason,
                english,
                chinese,
            }),
            _ => None,
        };
        Ok(Self {
            round: Round {
                approval: row.approval,
                number: row.round,
            },
            state: State::parse(&row.state).ok_or_else(|| malformed("an unknown state of a reservation"))?,
            claim,
            refused,
        })
    }
}

fn grade(letter: &str) -> Result<Grade, Error> {
    Grade::parse(letter).ok_or_else(|| malformed("an unknown grade"))
}

fn money(amount: Decimal, currency: &str) -> Result<Money, Error> {
    let currency = Currency::parse(currency).map_err(malformed)?;
    Money::new(amount, currency).map_err(malformed)
}

pub(super) fn malformed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Query(DieselError::DeserializationError(why.into()))
}
