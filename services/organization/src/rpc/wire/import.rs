//! Rows of an import, and what is wrong with them.

use jiff::civil::Date;
use prost_protovalidate::Validate as _;
use salient_failure::{Failure, Kind, Locale};
use salient_operation::Post;
use salient_proto::{
    google::r#type as google,
    organization::v1::{Employee, ErrorReason, ImportEmployeesProblem, ImportEmployeesRow, appointment},
};
use salient_values::date;
use tonic_types::StatusExt as _;

use crate::{
    domain::{AppointmentKind, AppointmentRow, ImportRow, Problem, ProblemKind},
    error::refused,
};

/// A row as far as it can be understood, and the fields of it that cannot be. What cannot be understood is left out, so that the
/// rest is checked all the same; `None` where it is not even known whom the row is about.
pub fn read(sent: &ImportEmployeesRow) -> (Option<ImportRow>, Vec<Problem>) {
    let mut reading = Reading {
        row: sent.row,
        problems: person_fields(sent),
    };
    let hire_date = reading.date(sent.hire_date.as_ref(), "hire_date");
    let appointment = reading.appointment(sent);
    let bad = |field: &str| reading.problems.iter().any(|problem| problem.field == field);
    let row = (!bad("number")).then(|| ImportRow {
        row: sent.row,
        number: sent.number.clone(),
        display_name: sent.display_name.clone(),
        email: if bad("email") {
            String::new()
        } else {
            sent.email.clone()
        },
        hire_date,
        appointment,
    });
    (row, reading.problems)
}

/// What the caller is told of a problem, in their language.
pub fn problem_to_proto(problem: &Problem, locale: Locale) -> ImportEmployeesProblem {
    let reason = |reason| Failure::new(Kind::InvalidArgument, reason);
    let failure = match &problem.kind {
        ProblemKind::Invalid => reason(ErrorReason::ImportValueInvalid),
        ProblemKind::Contradicts => reason(ErrorReason::ImportRowContradicts),
        ProblemKind::Unknown => reason(ErrorReason::ImportReferenceUnknown),
        ProblemKind::Refused(refusal) => refused(refusal),
    };
    let reason = failure.reason().to_owned();
    let text = failure.into_status(locale).get_details_localized_message();
    ImportEmployeesProblem {
        row: problem.row,
        field: problem.field.to_owned(),
        reason,
        message: text.map(|text| text.message).unwrap_or_default(),
    }
}

/// The fields of the person that break the rules of the proto for a person recorded alone.
fn person_fields(sent: &ImportEmployeesRow) -> Vec<Problem> {
    let alone = Employee {
        number: sent.number.clone(),
        display_name: sent.display_name.clone(),
        email: sent.email.clone(),
        ..Employee::default()
    };
    let broken = alone.validate().err();
    let broken: Vec<String> = broken
        .iter()
        .flat_map(|error| error.violations())
        .map(|violation| violation.field_path())
        .collect();
    ["number", "display_name", "email"]
        .into_iter()
        .filter(|field| {
            let missing = *field == "number" && sent.number.is_empty();
            missing || broken.iter().any(|path| path == field)
        })
        .map(|field| Problem {
            row: sent.row,
            field,
            kind: ProblemKind::Invalid,
        })
        .collect()
}

struct Reading {
    row: i64,
    problems: Vec<Problem>,
}

impl Reading {
    fn refuse(&mut self, field: &'static str) {
        self.problems.push(Problem {
            row: self.row,
            field,
            kind: ProblemKind::Invalid,
        });
    }

    fn date(&mut self, sent: Option<&google::Date>, field: &'static str) -> Option<Date> {
        let read = date::from_proto(sent?);
        if read.is_err() {
            self.refuse(field);
        }
        read.ok()
    }

    /// The appointment; `None` where the row has none, or one that is not understood.
    fn appointment(&mut self, sent: &ImportEmployeesRow) -> Option<AppointmentRow> {
        let before = self.problems.len();
        let start_date = self.date(sent.start_date.as_ref(), "start_date");
        let end_date = self.date(sent.end_date.as_ref(), "end_date");
        if sent.post == 0 {
            // Without a post, what belongs to one is a mistake, not something to pass over.
            if !sent.unit.is_empty() || start_date.is_some() || end_date.is_some() {
                self.refuse("post");
            }
            return None;
        }
        let post = Post::try_from(sent.post);
        if post.is_err() {
            self.refuse("post");
        }
        let kind = kind(sent.kind);
        if kind.is_none() {
            self.refuse("kind");
        }
        let understood = self.problems.len() == before;
        let (post, kind) = post.ok().zip(kind).filter(|_| understood)?;
        Some(AppointmentRow {
            post,
            unit: sent.unit.clone(),
            kind,
            start_date,
            end_date,
            reports_to_number: sent.reports_to_number.clone(),
        })
    }
}

fn kind(number: i32) -> Option<AppointmentKind> {
    match appointment::Kind::try_from(number).ok()? {
        appointment::Kind::Unspecified | appointment::Kind::Primary => Some(AppointmentKind::Primary),
        appointment::Kind::Additional => Some(AppointmentKind::Additional),
        appointment::Kind::Acting => Some(AppointmentKind::Acting),
        appointment::Kind::Deputy => Some(AppointmentKind::Deputy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(row: &ImportEmployeesRow) -> Vec<&'static str> {
        read(row).1.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_row_that_is_understood_has_no_problems() {
        let row = ImportEmployeesRow {
            number: "S-1".into(),
            display_name: "李娜".into(),
            email: "li.na@example.com".into(),
            post: Post::Salesperson.into(),
            unit: "HD".into(),
            ..ImportEmployeesRow::default()
        };
        let (read, problems) = read(&row);
        assert_eq!(problems, []);
        assert_eq!(read.unwrap().appointment.unwrap().kind, AppointmentKind::Primary);
    }

    #[test]
    fn every_field_that_is_not_understood_is_named() {
        let no_day = Some(google::Date {
            year: 2026,
            month: 2,
            day: 30,
        });
        let row = ImportEmployeesRow {
            number: "no spaces".into(),
            email: "nobody".into(),
            hire_date: no_day,
            start_date: no_day,
            post: 99,
            kind: 99,
            ..ImportEmployeesRow::default()
        };
        assert_eq!(
            fields(&row),
            ["number", "email", "hire_date", "start_date", "post", "kind"]
        );
        assert_eq!(
            fields(&ImportEmployeesRow {
                unit: "HD".into(),
                ..Default::default()
            }),
            ["number", "post"]
        );
    }

    #[test]
    fn a_problem_is_told_in_the_callers_language() {
        let problem = Problem {
            row: 7,
            field: "unit",
            kind: ProblemKind::Unknown,
        };
        let told = problem_to_proto(&problem, Locale::Chinese);
        assert_eq!((told.row, told.field.as_str()), (7, "unit"));
        assert_eq!(told.reason, "ERROR_REASON_IMPORT_REFERENCE_UNKNOWN");
        assert_eq!(told.message, "名称、代码或工号不存在。");
    }
}
