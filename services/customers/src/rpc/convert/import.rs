//! Rows of an import: each as the customer that it describes, checked by the very rules of single requests.

use salient_failure::{Failure, Kind, Locale};
use salient_proto::{
    Request as _,
    customers::v1::{
        Address, Contact, CreateCustomerRequest, Customer, ErrorReason, ImportCustomersProblem,
        ImportCustomersRow,
    },
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{archive::archive, grade};
use crate::domain::{grade::Grade, import::Row};

/// The fields of a customer, and what a row calls them.
const FIELDS: [(&str, &str); 14] = [
    ("customer.display_name", "display_name"),
    (
        "customer.unified_social_credit_code",
        "unified_social_credit_code",
    ),
    ("customer.address.region_code", "region_code"),
    ("customer.address.administrative_area", "administrative_area"),
    ("customer.address.locality", "locality"),
    ("customer.address.postal_code", "postal_code"),
    ("customer.address.street_address", "street_address"),
    ("customer.contacts[0].display_name", "contact_name"),
    ("customer.contacts[0].title", "contact_title"),
    ("customer.contacts[0].phone", "contact_phone"),
    ("customer.contacts[0].email", "contact_email"),
    ("customer.needs", "needs"),
    ("customer.preferences", "preferences"),
    ("customer.owner", "owner"),
];
/// The only field whose row and customer names are the same and that is not above.
const UNIT: &str = "org_unit";

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub(in crate::rpc) struct Problem {
    /// The row, as the source numbers it.
    pub row: i64,
    /// The field, as rows call it.
    pub field: &'static str,
    /// Why, for programs and for people.
    pub failure: Failure,
}

/// A row as a customer, or everything that is wrong with it.
pub(in crate::rpc) fn row(row: ImportCustomersRow) -> Result<Row, Vec<Problem>> {
    let number = row.row;
    let grade = grade::from_proto(row.grade()).unwrap_or(Grade::D);
    let grade_unknown = salient_proto::customers::v1::Grade::try_from(row.grade).is_err();
    let request = CreateCustomerRequest {
        customer: Some(customer(row)),
        request_id: Uuid::nil().to_string(),
    };
    let mut problems = Vec::new();
    if let Err(error) = request.check() {
        let wrong = error
            .violations()
            .iter()
            .map(|violation| field(&violation.field_path()));
        problems.extend(wrong.map(|field| value_invalid(number, field)));
    }
    if grade_unknown {
        problems.push(value_invalid(number, "grade"));
    }
    let customer = request.customer.unwrap_or_default();
    let owner = super::optional_name("employees", &customer.owner, "owner");
    let unit = super::optional_name("orgUnits", &customer.org_unit, UNIT);
    match (archive(customer), owner, unit) {
        (Ok(archive), Ok(owner), Ok(unit)) if problems.is_empty() => Ok(Row {
            number,
            archive,
            owner,
            unit,
            grade,
        }),
        (archive, owner, unit) => {
            let malformed = [
                archive.err().map(|failure| of_archive(number, failure)),
                owner.err().map(|_| value_invalid(number, "owner")),
                unit.err().map(|_| value_invalid(number, UNIT)),
            ];
            for problem in malformed.into_iter().flatten() {
                if !problems.iter().any(|known| known.field == problem.field) {
                    problems.push(problem);
                }
            }
            Err(problems)
        }
    }
}

/// A problem as it is answered.
pub(in crate::rpc) fn problem(problem: Problem, locale: Locale) -> ImportCustomersProblem {
    let reason = problem.failure.reason().to_owned();
    let status = problem.failure.into_status(locale);
    let localized = status.get_details_localized_message();
    ImportCustomersProblem {
        row: problem.row,
        field: problem.field.to_owned(),
        reason,
        message: localized.map(|localized| localized.message).unwrap_or_default(),
    }
}

/// That a value is missing or malformed.
fn value_invalid(row: i64, field: &'static str) -> Problem {
    Problem {
        row,
        field,
        failure: Failure::new(Kind::InvalidArgument, ErrorReason::ImportValueInvalid),
    }
}

/// What the archive refuses beyond the rules in the proto: a name that is none, a wrong check character.
fn of_archive(row: i64, failure: Failure) -> Problem {
    if failure.reason() == ErrorReason::CreditCodeInvalid.as_str_name() {
        Problem {
            row,
            field: "unified_social_credit_code",
            failure,
        }
    } else {
        value_invalid(row, "display_name")
    }
}

fn field(path: &str) -> &'static str {
    let known = FIELDS.iter().find(|(of_customer, _)| *of_customer == path);
    known.map_or(
        if path == "customer.org_unit" { UNIT } else { "" },
        |(_, of_row)| of_row,
    )
}

fn customer(row: ImportCustomersRow) -> Customer {
    let mentions_contact = [
        &row.contact_name,
        &row.contact_title,
        &row.contact_phone,
        &row.contact_email,
    ]
    .iter()
    .any(|text| !text.is_empty());
    let contact = Contact {
        display_name: row.contact_name,
        title: row.contact_title,
        phone: row.contact_phone,
        email: row.contact_email,
        primary: true,
    };
    Customer {
        display_name: row.display_name,
        unified_social_credit_code: row.unified_social_credit_code.trim().to_owned(),
        address: Some(Address {
            region_code: row.region_code,
            administrative_area: row.administrative_area,
            locality: row.locality,
            postal_code: row.postal_code,
            street_address: row.street_address,
        }),
        contacts: mentions_contact.then_some(contact).into_iter().collect(),
        needs: row.needs,
        preferences: row.preferences,
        owner: row.owner,
        org_unit: row.org_unit,
        ..Customer::default()
    }
}

#[cfg(test)]
mod tests {
    use salient_failure::Locale;
    use salient_proto::customers::v1::{Grade, ImportCustomersRow};

    use super::{problem, row};

    fn good() -> ImportCustomersRow {
        ImportCustomersRow {
            row: 7,
            display_name: "西湖商贸".to_owned(),
            ..ImportCustomersRow::default()
        }
    }

    fn wrong(change: impl FnOnce(&mut ImportCustomersRow)) -> Vec<(&'static str, &'static str)> {
        let mut changed = good();
        change(&mut changed);
        let problems = row(changed).expect_err("wrong");
        problems
            .iter()
            .map(|problem| (problem.field, problem.failure.reason()))
            .collect()
    }

    #[test]
    fn a_row_is_a_customer_of_grade_d_unless_it_says_otherwise() {
        assert_eq!(row(good()).expect("good").grade.as_str(), "D");
        let mut graded = good();
        graded.set_grade(Grade::A);
        let read = row(graded).expect("good");
        assert_eq!((read.number, read.grade.as_str()), (7, "A"));
        assert!(read.archive.contacts.is_empty());
    }

    #[test]
    fn each_wrong_value_is_named_by_the_rows_own_field() {
        const INVALID: &str = "ERROR_REASON_IMPORT_VALUE_INVALID";
        type Change = fn(&mut ImportCustomersRow);
        let cases: [(&str, Change); 9] = [
            ("display_name", |row| row.display_name.clear()),
            ("display_name", |row| row.display_name = "华".repeat(201)),
            ("region_code", |row| row.region_code = "China".to_owned()),
            ("contact_name", |row| row.contact_phone = "0571-88".to_owned()),
            ("contact_phone", |row| {
                row.contact_name = "王伟".to_owned();
                row.contact_phone = "call me".to_owned();
            }),
            ("needs", |row| row.needs = "x".repeat(4001)),
            ("owner", |row| row.owner = "E-17".to_owned()),
            ("org_unit", |row| row.org_unit = "华东".to_owned()),
            ("grade", |row| row.grade = 9),
        ];
        for (field, change) in cases {
            assert_eq!(wrong(change), [(field, INVALID)]);
        }
        assert_eq!(
            wrong(|row| row.unified_social_credit_code = "91350100M000100Y44".to_owned()),
            [("unified_social_credit_code", "ERROR_REASON_CREDIT_CODE_INVALID")]
        );
    }

    #[test]
    fn a_problem_speaks_the_callers_language() {
        let mut nameless = good();
        nameless.display_name.clear();
        let problems = row(nameless).expect_err("wrong");
        let told = problem(problems[0].clone(), Locale::Chinese);
        assert_eq!((told.row, told.message.as_str()), (7, "该值缺失或格式有误。"));
    }
}
