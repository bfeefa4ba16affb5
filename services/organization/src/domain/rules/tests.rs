//! What the rules refuse, and what they leave.

use jiff::{ToSpan as _, civil::Date};
use salient_operation::Post;

use crate::domain::{
    Appointment, AppointmentKind, Period, Refusal, UnitKind,
    testing::{COMPANY, EAST, FOUNDED, SUBTEAM, Sample, TEAM, TODAY, WEST, person, unit},
};

fn day(days: i32) -> Date {
    TODAY.saturating_add(days.days())
}

#[test]
fn a_unit_never_comes_to_stand_below_itself_on_any_day() {
    let mut sample = Sample::units();
    let cycle = |date| {
        Err(Refusal::UnitCycle {
            unit: unit(TEAM),
            parent: unit(SUBTEAM),
            date,
        })
    };
    assert_eq!(
        sample.roster.move_unit(unit(TEAM), unit(SUBTEAM), day(3), TODAY),
        cycle(day(3))
    );

    // Once the team below has been moved away, from that day on it may.
    let mut below = sample.roster.unit(unit(SUBTEAM)).unwrap().clone();
    below.placements = sample
        .roster
        .move_unit(unit(SUBTEAM), unit(WEST), day(10), TODAY)
        .unwrap();
    sample.roster.put_unit(below);
    assert_eq!(
        sample.roster.move_unit(unit(TEAM), unit(SUBTEAM), day(9), TODAY),
        cycle(day(9))
    );
    let placements = sample
        .roster
        .move_unit(unit(TEAM), unit(SUBTEAM), day(10), TODAY)
        .unwrap();
    assert_eq!(
        placements.iter().map(|at| at.parent).collect::<Vec<_>>(),
        [unit(EAST), unit(SUBTEAM)]
    );
    assert_eq!(placements[0].period.end(), Some(placements[1].period.start()));
}

#[test]
fn a_planned_move_is_replaced_by_an_earlier_one() {
    let mut sample = Sample::units();
    let mut team = sample.roster.unit(unit(TEAM)).unwrap().clone();
    team.placements = sample
        .roster
        .move_unit(unit(TEAM), unit(WEST), day(10), TODAY)
        .unwrap();
    sample.roster.put_unit(team);
    let placements = sample
        .roster
        .move_unit(unit(TEAM), unit(COMPANY), day(5), TODAY)
        .unwrap();
    assert_eq!(
        placements.iter().map(|at| at.parent).collect::<Vec<_>>(),
        [unit(EAST), unit(COMPANY)]
    );
}

#[test]
fn a_unit_closes_only_when_nothing_is_left_in_it() {
    let mut sample = Sample::units();
    let blocked = |what: String| Refusal::UnitNotEmpty {
        unit: unit(TEAM),
        blocked_by: what,
    };
    let close = |sample: &Sample, at: u8, days: i32| sample.roster.close_unit(unit(at), day(days), TODAY);
    assert_eq!(close(&sample, TEAM, 0), Err(blocked(unit(SUBTEAM).to_string())));
    let held = sample.primary(1, Post::Salesperson, SUBTEAM);
    let blocked = Refusal::UnitNotEmpty {
        unit: unit(SUBTEAM),
        blocked_by: held.id.to_string(),
    };
    assert_eq!(close(&sample, SUBTEAM, 0), Err(blocked));
    let ended = sample.roster.end_appointment(&held, day(4), TODAY).unwrap();
    sample.roster.put_appointment(ended);
    assert!(close(&sample, SUBTEAM, 3).is_err());
    let closed = close(&sample, SUBTEAM, 4).unwrap();
    assert_eq!(
        (closed.open.end(), closed.placements[0].period.end()),
        (Some(day(4)), Some(day(4)))
    );
    assert_eq!(close(&sample, COMPANY, 4), Err(Refusal::CompanyFixed));
}

#[test]
fn new_units_stand_where_their_kind_belongs() {
    let sample = Sample::units();
    let check = |kind, code: &str, parent| sample.roster.check_new_unit(kind, code, unit(parent), FOUNDED);
    assert_eq!(check(UnitKind::Region, "N", COMPANY), Ok(()));
    assert_eq!(
        check(UnitKind::Region, "", COMPANY),
        Err(Refusal::RegionWithoutCode)
    );
    assert_eq!(check(UnitKind::Company, "N", COMPANY), Err(Refusal::CompanyFixed));
    let (kind, parent_kind) = (UnitKind::Region, UnitKind::Team);
    assert_eq!(
        check(kind, "N", TEAM),
        Err(Refusal::UnitPlacement { kind, parent_kind })
    );
    assert_eq!(check(UnitKind::Team, "", 99), Err(Refusal::UnitUnknown(unit(99))));
}

#[test]
fn an_appointment_called_off_stands_in_nobodys_way() {
    let mut sample = Sample::units();
    let planned = Appointment {
        period: Period::since(day(5)),
        ..sample.draft(1, Post::Salesperson, TEAM, AppointmentKind::Primary)
    };
    sample.roster.put_appointment(planned.clone());
    let other = sample.draft(1, Post::Supervisor, TEAM, AppointmentKind::Primary);
    assert!(matches!(
        sample.roster.check_appointment(&other),
        Err(Refusal::PrimaryOverlaps { .. })
    ));
    let off = sample.roster.end_appointment(&planned, TODAY, TODAY).unwrap();
    assert!(off.period.is_empty());
    sample.roster.put_appointment(off.clone());
    assert_eq!(sample.roster.check_appointment(&other), Ok(()));
    assert!(matches!(
        sample.roster.end_appointment(&off, day(9), TODAY),
        Err(Refusal::AppointmentEnded { .. })
    ));
}

#[test]
fn circles_of_line_managers_are_found_around_corners_and_by_date() {
    let mut sample = Sample::units();
    sample.reporting(1, Post::Salesperson, TEAM, 2);
    let held = sample.reporting(2, Post::Salesperson, TEAM, 3);
    let closing = Appointment {
        reports_to: Some(person(1)),
        ..sample.draft(3, Post::Supervisor, TEAM, AppointmentKind::Primary)
    };
    let cycle = Refusal::ReportingCycle {
        employee: person(3),
        reports_to: person(1),
        date: FOUNDED,
    };
    assert_eq!(sample.roster.check_appointment(&closing), Err(cycle));
    // Over once the one in the middle reports to nobody any more.
    let ended = sample.roster.end_appointment(&held, day(2), TODAY).unwrap();
    sample.roster.put_appointment(ended);
    let later = Appointment {
        period: Period::since(day(2)),
        ..closing
    };
    assert_eq!(sample.roster.check_appointment(&later), Ok(()));
}

#[test]
fn somebody_is_always_there_to_administer() {
    let mut sample = Sample::units();
    let first = sample.primary(1, Post::Administrator, COMPANY);
    let last = Err(Refusal::LastAdministrator { date: day(5) });
    assert_eq!(sample.roster.end_appointment(&first, day(5), TODAY), last);
    // One who begins only later leaves a gap.
    let second = Appointment {
        period: Period::since(day(7)),
        ..sample.draft(2, Post::Administrator, COMPANY, AppointmentKind::Primary)
    };
    sample.roster.put_appointment(second);
    assert_eq!(sample.roster.end_appointment(&first, day(5), TODAY), last);
    assert!(sample.roster.end_appointment(&first, day(7), TODAY).is_ok());
    assert!(matches!(
        sample.roster.depart(person(1), day(5), TODAY),
        Err(Refusal::LastAdministrator { .. })
    ));
}

#[test]
fn whoever_leaves_takes_all_posts_along() {
    let mut sample = Sample::units();
    sample.primary(1, Post::Supervisor, TEAM);
    sample.appoint(1, Post::Salesperson, SUBTEAM, AppointmentKind::Additional);
    sample.reporting(2, Post::Salesperson, TEAM, 1);
    assert!(matches!(
        sample.roster.depart(person(1), TODAY, TODAY),
        Err(Refusal::HasReports { .. })
    ));
    let (left, ended) = sample.roster.depart(person(2), day(1), TODAY).unwrap();
    assert_eq!((left.employed.end(), ended.len()), (Some(day(1)), 1));
    sample.roster.put_employee(left);
    ended
        .into_iter()
        .for_each(|held| sample.roster.put_appointment(held));
    assert_eq!(
        sample.roster.depart(person(2), day(1), TODAY),
        Err(Refusal::LeavesAlready {
            employee: person(2),
            date: day(1)
        })
    );
    // They report by name until tomorrow.
    assert!(sample.roster.depart(person(1), TODAY, TODAY).is_err());
    assert_eq!(sample.roster.depart(person(1), day(1), TODAY).unwrap().1.len(), 2);
}
