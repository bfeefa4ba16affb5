//! Deputyships.

use jiff::Timestamp;
use salient_database::NewEvent;
use salient_failure::Failure;
use salient_proto::approval::v1 as proto;
use salient_values::{etag, name, timestamp};
use uuid::Uuid;

use crate::store::DeputyshipRow;

/// What deputyships are called by.
pub const COLLECTION: &str = "deputyships";

/// A deputyship, as it stands at an instant.
pub fn deputyship(row: &DeputyshipRow, now: Timestamp) -> proto::Deputyship {
    let deputyship = &row.deputyship;
    proto::Deputyship {
        name: deputyship_name(row),
        principal: name::format("employees", deputyship.principal),
        deputy: name::format("employees", deputyship.deputy),
        deputy_display_name: deputyship.deputy_name.clone(),
        kinds: deputyship.kinds.clone(),
        start_time: Some(timestamp::to_proto(deputyship.start_time)),
        end_time: Some(timestamp::to_proto(deputyship.end_time)),
        stop_time: row.stop_time.map(timestamp::to_proto),
        reason: row.reason.clone(),
        state: state(row, now).into(),
        author: row.author.clone(),
        create_time: Some(timestamp::to_proto(row.create_time)),
        update_time: Some(timestamp::to_proto(row.update_time)),
        etag: etag::of(row.version),
    }
}

/// A deputyship's name, `deputyships/{deputyship}`.
pub fn deputyship_name(row: &DeputyshipRow) -> String {
    name::format(COLLECTION, row.deputyship.id)
}

fn state(row: &DeputyshipRow, now: Timestamp) -> proto::deputyship::State {
    use proto::deputyship::State;
    if row.is_over(now) {
        State::Ended
    } else if row.deputyship.start_time > now {
        State::Scheduled
    } else {
        State::Active
    }
}

/// The instant that a field says, in the microseconds that the database keeps; `None` where it is not set.
pub fn instant_from(time: Option<prost_types::Timestamp>, field: &str) -> Result<Option<Timestamp>, Failure> {
    let instant = |time: prost_types::Timestamp| {
        let time = timestamp::from_proto(&time).map_err(|error| error.at(field))?;
        Timestamp::from_microsecond(time.as_microsecond()).map_err(Failure::internal)
    };
    time.map(instant).transpose()
}

/// The person that a field names; `None` where it is empty.
pub fn person_from(person: &str, field: &str) -> Result<Option<Uuid>, Failure> {
    let named = (!person.is_empty()).then(|| name::parse("employees", person));
    named.transpose().map_err(|error| error.at(field))
}

/// The event that there is a new one.
pub fn created(row: &DeputyshipRow) -> NewEvent {
    let deputyship = &row.deputyship;
    let created = proto::DeputyshipCreated {
        deputyship: deputyship_name(row),
        principal: name::format("employees", deputyship.principal),
        deputy: name::format("employees", deputyship.deputy),
        kinds: deputyship.kinds.clone(),
        start_time: Some(timestamp::to_proto(deputyship.start_time)),
        end_time: Some(timestamp::to_proto(deputyship.end_time)),
    };
    NewEvent::of(deputyship_name(row), &created)
}

/// The event that it was changed.
pub fn changed(row: &DeputyshipRow) -> NewEvent {
    let changed = proto::DeputyshipChanged {
        deputyship: deputyship_name(row),
        principal: name::format("employees", row.deputyship.principal),
        deputy: name::format("employees", row.deputyship.deputy),
        end_time: Some(timestamp::to_proto(row.deputyship.end_time)),
    };
    NewEvent::of(deputyship_name(row), &changed)
}

/// The event that it was ended before its time.
pub fn ended(row: &DeputyshipRow) -> NewEvent {
    let ended = proto::DeputyshipEnded {
        deputyship: deputyship_name(row),
        principal: name::format("employees", row.deputyship.principal),
        deputy: name::format("employees", row.deputyship.deputy),
        stop_time: row.stop_time.map(timestamp::to_proto),
    };
    NewEvent::of(deputyship_name(row), &ended)
}
