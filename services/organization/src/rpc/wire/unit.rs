//! Units.

use jiff::civil::Date;
use salient_failure::Failure;
use salient_proto::organization::v1::{OrgUnit, Placement, org_unit::Kind};
use salient_values::{date, etag, timestamp};

use super::end_date;
use crate::{
    domain::{self, UnitKind},
    error::Error,
    store::UnitRecord,
};

/// A unit as it stands on a day.
pub fn to_proto(record: &UnitRecord, on: Date) -> OrgUnit {
    let unit = &record.value.unit;
    OrgUnit {
        name: unit.id.to_string(),
        kind: kind_to_proto(unit.kind).into(),
        display_name: record.value.display_name.clone(),
        code: unit.code.clone(),
        parent: unit
            .parent_on(on)
            .map(|parent| parent.to_string())
            .unwrap_or_default(),
        open_date: Some(date::to_proto(unit.open.start())),
        close_date: end_date(unit.open),
        create_time: Some(timestamp::to_proto(record.create_time)),
        update_time: Some(timestamp::to_proto(record.update_time)),
        etag: etag::of(record.version),
    }
}

/// Where a unit stands over a period.
pub fn placement_to_proto(placement: &domain::Placement) -> Placement {
    Placement {
        parent: placement.parent.to_string(),
        start_date: Some(date::to_proto(placement.period.start())),
        end_date: end_date(placement.period),
    }
}

/// The kind of a unit to make.
pub fn kind_from_proto(kind: Kind) -> Result<UnitKind, Error> {
    match kind {
        Kind::Company => Ok(UnitKind::Company),
        Kind::Region => Ok(UnitKind::Region),
        Kind::Team => Ok(UnitKind::Team),
        Kind::Unspecified => Err(Failure::invalid_field("org_unit.kind", "must be set").into()),
    }
}

const fn kind_to_proto(kind: UnitKind) -> Kind {
    match kind {
        UnitKind::Company => Kind::Company,
        UnitKind::Region => Kind::Region,
        UnitKind::Team => Kind::Team,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_called_the_same_everywhere() {
        for kind in UnitKind::ALL {
            assert_eq!(kind_to_proto(kind).as_str_name(), kind.name());
            assert_eq!(kind_from_proto(kind_to_proto(kind)).unwrap(), kind);
        }
    }
}
