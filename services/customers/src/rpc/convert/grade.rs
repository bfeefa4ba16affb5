use salient_proto::customers::v1;
use salient_values::timestamp;
use uuid::Uuid;

use crate::{
    domain::grade::{Grade, GradePeriod},
    error::customer_name,
};

/// The message's value.
pub(in crate::rpc) const fn to_proto(grade: Grade) -> v1::Grade {
    match grade {
        Grade::A => v1::Grade::A,
        Grade::B => v1::Grade::B,
        Grade::C => v1::Grade::C,
        Grade::D => v1::Grade::D,
    }
}

/// The grade; `None` where none is set.
pub(in crate::rpc) const fn from_proto(grade: v1::Grade) -> Option<Grade> {
    match grade {
        v1::Grade::Unspecified => None,
        v1::Grade::A => Some(Grade::A),
        v1::Grade::B => Some(Grade::B),
        v1::Grade::C => Some(Grade::C),
        v1::Grade::D => Some(Grade::D),
    }
}

/// A grade of a customer over a period.
pub(in crate::rpc) fn period(customer: Uuid, period: GradePeriod) -> v1::GradePeriod {
    v1::GradePeriod {
        name: format!("{}/gradePeriods/{}", customer_name(customer), period.number),
        grade: to_proto(period.grade).into(),
        start_time: Some(timestamp::to_proto(period.start_time)),
        end_time: period.end_time.map(timestamp::to_proto),
        reason: period.reason,
        actor: period.actor,
    }
}
