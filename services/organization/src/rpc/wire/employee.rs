//! People.

use jiff::civil::Date;
use salient_proto::organization::v1::{self as proto, employee::State};
use salient_values::{date, etag, timestamp};

use super::end_date;
use crate::{
    domain::{Employee, Period},
    store::Record,
};

/// A person as they stand on a day.
pub fn to_proto(record: &Record<Employee>, on: Date) -> proto::Employee {
    let person = &record.value;
    proto::Employee {
        name: person.id.to_string(),
        number: person.number.clone(),
        display_name: person.display_name.clone(),
        email: person.email.clone(),
        state: state(person.employed, on).into(),
        hire_date: Some(date::to_proto(person.employed.start())),
        leave_date: end_date(person.employed),
        create_time: Some(timestamp::to_proto(record.create_time)),
        update_time: Some(timestamp::to_proto(record.update_time)),
        etag: etag::of(record.version),
    }
}

fn state(employed: Period, on: Date) -> State {
    if on < employed.start() {
        State::Pending
    } else if employed.contains(on) {
        State::Active
    } else {
        State::Left
    }
}
