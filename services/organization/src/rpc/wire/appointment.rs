//! Appointments.

use salient_failure::Failure;
use salient_proto::organization::v1::{self as proto, appointment::Kind};
use salient_values::{date, etag, timestamp};

use super::end_date;
use crate::{
    domain::{Appointment, AppointmentKind},
    error::Error,
    store::Record,
};

/// An appointment.
pub fn to_proto(record: &Record<Appointment>) -> proto::Appointment {
    let held = &record.value;
    proto::Appointment {
        name: held.id.to_string(),
        employee: held.employee.to_string(),
        post: held.post.into(),
        unit: held.unit.to_string(),
        kind: kind_to_proto(held.kind).into(),
        start_date: Some(date::to_proto(held.period.start())),
        end_date: end_date(held.period),
        reports_to: held
            .reports_to
            .map(|manager| manager.to_string())
            .unwrap_or_default(),
        create_time: Some(timestamp::to_proto(record.create_time)),
        update_time: Some(timestamp::to_proto(record.update_time)),
        etag: etag::of(record.version),
    }
}

/// How an appointment is to be held.
pub fn kind_from_proto(kind: Kind) -> Result<AppointmentKind, Error> {
    match kind {
        Kind::Primary => Ok(AppointmentKind::Primary),
        Kind::Additional => Ok(AppointmentKind::Additional),
        Kind::Acting => Ok(AppointmentKind::Acting),
        Kind::Deputy => Ok(AppointmentKind::Deputy),
        Kind::Unspecified => Err(Failure::invalid_field("appointment.kind", "must be set").into()),
    }
}

const fn kind_to_proto(kind: AppointmentKind) -> Kind {
    match kind {
        AppointmentKind::Primary => Kind::Primary,
        AppointmentKind::Additional => Kind::Additional,
        AppointmentKind::Acting => Kind::Acting,
        AppointmentKind::Deputy => Kind::Deputy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_called_the_same_everywhere() {
        for kind in AppointmentKind::ALL {
            assert_eq!(kind_to_proto(kind).as_str_name(), kind.name());
            assert_eq!(kind_from_proto(kind_to_proto(kind)).unwrap(), kind);
        }
    }
}
