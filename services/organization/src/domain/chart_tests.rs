//! Who holds what, who is above whom, and who would have to sign.

use std::sync::Arc;

use proptest::prelude::*;
use salient_operation::Post;

use super::{
    AppointmentKind, Chart, EmployeeId, Question, Rung, Selector,
    testing::{COMPANY, EAST, SUBTEAM, Sample, TEAM, TODAY, WEST, person, unit},
};

/// Salesperson 1 and supervisor 2 in the team, manager 3, director 4, management 5.
fn line() -> Sample {
    let mut sample = Sample::units();
    sample.primary(1, Post::Salesperson, TEAM);
    sample.primary(2, Post::Supervisor, TEAM);
    sample.primary(3, Post::RegionalManager, EAST);
    sample.primary(4, Post::Director, COMPANY);
    sample.primary(5, Post::CompanyManagement, COMPANY);
    sample
}

fn people(rungs: &[Rung]) -> Vec<Vec<EmployeeId>> {
    rungs
        .iter()
        .map(|rung| rung.holders.iter().map(|holder| holder.employee).collect())
        .collect()
}

fn ladder(chart: &Chart, submitter: u8, at: u8, post: Post) -> Vec<Vec<EmployeeId>> {
    let question = Question {
        submitter: person(submitter),
        unit: unit(at),
    };
    people(&chart.ladder(question, Selector::Post(post)))
}

fn ones(numbers: &[u8]) -> Vec<Vec<EmployeeId>> {
    numbers.iter().map(|number| vec![person(*number)]).collect()
}

#[test]
fn holders_in_full_come_before_those_acting_and_these_before_deputies() {
    let mut sample = Sample::units();
    sample.appoint(1, Post::Supervisor, TEAM, AppointmentKind::Deputy);
    sample.appoint(2, Post::Supervisor, TEAM, AppointmentKind::Acting);
    let holders = |sample: &Sample| {
        Chart::of(Arc::new(sample.roster.clone()), TODAY).holders(Post::Supervisor, unit(TEAM))
    };
    let acting = holders(&sample);
    assert_eq!(
        (acting.len(), acting[0].employee, acting[0].substitute),
        (1, person(2), true)
    );
    sample.appoint(3, Post::Supervisor, TEAM, AppointmentKind::Additional);
    sample.primary(4, Post::Supervisor, TEAM);
    let full = holders(&sample);
    assert_eq!(
        full.iter().map(|holder| holder.employee).collect::<Vec<_>>(),
        [person(3), person(4)]
    );
    assert!(full.iter().all(|holder| !holder.substitute));
}

#[test]
fn a_profile_has_the_units_that_a_post_reaches() {
    let mut sample = line();
    sample.primary(6, Post::Salesperson, SUBTEAM);
    let chart = sample.chart();
    let supervisor = chart.profile(person(2)).unwrap();
    let team = [unit(TEAM).0, unit(SUBTEAM).0];
    assert_eq!(*supervisor.posts[0].team_units, team.into());
    assert_eq!(supervisor.posts[0].region, Some(unit(EAST).0));
    assert_eq!(
        *supervisor.posts[0].region_units,
        [unit(EAST).0, team[0], team[1]].into()
    );
    let director = chart.profile(person(4)).unwrap();
    assert_eq!(
        (director.posts[0].region, director.posts[0].team_units.len()),
        (None, 5)
    );
    assert!(chart.profile(person(99)).is_none());
}

#[test]
fn superiors_rise_through_the_line_whoever_asks() {
    let chart = line().chart();
    for (who, superiors) in [
        (1, &[2, 3, 4, 5][..]),
        (2, &[3, 4, 5]),
        (3, &[4, 5]),
        (4, &[5]),
        (5, &[]),
    ] {
        assert_eq!(people(&chart.superiors(person(who))), ones(superiors), "{who}");
    }
}

#[test]
fn a_named_line_manager_comes_first_and_leads_on() {
    let mut sample = line();
    sample.reporting(6, Post::Salesperson, TEAM, 1);
    assert_eq!(
        people(&sample.chart().superiors(person(6))),
        ones(&[1, 2, 3, 4, 5])
    );
}

#[test]
fn a_ladder_goes_from_the_post_upwards_and_nobody_stands_on_it_twice() {
    let chart = line().chart();
    assert_eq!(ladder(&chart, 1, TEAM, Post::Supervisor), ones(&[2, 3, 4, 5]));
    assert_eq!(ladder(&chart, 1, TEAM, Post::RegionalManager), ones(&[3, 4, 5]));
    assert_eq!(ladder(&chart, 1, TEAM, Post::CompanyManagement), ones(&[5]));
    // The submitter's own post names the submitter first; who stands in comes after.
    assert_eq!(ladder(&chart, 3, TEAM, Post::RegionalManager), ones(&[3, 4, 5]));
}

#[test]
fn a_vacancy_shows_on_the_first_rung() {
    let chart = line().chart();
    let finance = ladder(&chart, 1, TEAM, Post::Finance);
    assert_eq!(finance, [vec![], vec![person(4)], vec![person(5)]]);
    let west = ladder(&chart, 1, WEST, Post::RegionalManager);
    assert_eq!(west[0], []);
    assert!(west[1..].contains(&vec![person(4)]));
}

proptest! {
    /// However posts are held, ladders end, have a first rung, and name nobody on two rungs.
    #[test]
    fn ladders_are_sound(
        held in prop::collection::vec((0_u8..8, 0_usize..11, 0_u8..5, 0_usize..4), 0..20),
        submitter in 0_u8..8,
        at in 0_u8..5,
        post in 0_usize..11,
    ) {
        let mut sample = Sample::units();
        (0..8).for_each(|who| { sample.hire(who); });
        for (who, post, at, kind) in held {
            let draft = sample.draft(who, Post::ALL[post], at, AppointmentKind::ALL[kind]);
            if sample.roster.check_appointment(&draft).is_ok() {
                sample.roster.put_appointment(draft);
            }
        }
        let chart = sample.chart();
        for selector in [Selector::Post(Post::ALL[post]), Selector::SubmitterSuperior, Selector::Employee(person(at))] {
            let question = Question { submitter: person(submitter), unit: unit(at) };
            let rungs = people(&chart.ladder(question, selector));
            prop_assert!(!rungs.is_empty());
            let mut named: Vec<_> = rungs.iter().flatten().collect();
            let count = named.len();
            named.sort();
            named.dedup();
            prop_assert_eq!(named.len(), count, "{:?}: {:?}", selector, rungs);
            prop_assert!(rungs[1..].iter().flatten().all(|who| *who != person(submitter)));
        }
    }
}
