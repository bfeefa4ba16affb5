//! To which unit a new contract belongs.

use salient_operation::{Post, Profile};
use uuid::Uuid;

use super::Refusal;

/// Where a salesperson sits: the unit, and the region it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    /// The unit.
    pub unit: Uuid,
    /// The region's code, as contract numbers have it.
    pub region_code: String,
}

/// The seat from which the person drafts a contract: the one named, or the only one there is.
///
/// Units outside every region do not count: their contracts could not be numbered.
pub(crate) fn seat(person: &Profile, named: Option<Uuid>) -> Result<Seat, Refusal> {
    let mut seats: Vec<Seat> = Vec::new();
    for held in &person.posts {
        let sells = held.post == Post::Salesperson && !held.region_code.is_empty();
        if sells && !seats.iter().any(|seat| seat.unit == held.unit) {
            seats.push(Seat {
                unit: held.unit,
                region_code: held.region_code.clone(),
            });
        }
    }
    let mut fitting = seats
        .iter()
        .filter(|seat| named.is_none_or(|unit| unit == seat.unit));
    match (fitting.next(), fitting.next()) {
        (Some(seat), None) => Ok(seat.clone()),
        _ => Err(Refusal::UnitAmbiguous {
            units: seats.into_iter().map(|seat| seat.unit).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use salient_operation::{HeldPost, Post, Profile};
    use uuid::Uuid;

    use super::{Refusal, seat};

    fn person(posts: &[(Post, u128, &str)]) -> Profile {
        let posts = posts.iter().map(|(post, unit, region_code)| HeldPost {
            post: *post,
            unit: Uuid::from_u128(*unit),
            team_units: Arc::default(),
            region: None,
            region_code: (*region_code).into(),
            region_units: Arc::default(),
            substitute: false,
        });
        Profile {
            person: Uuid::from_u128(1),
            display_name: "李娜".into(),
            active: true,
            posts: posts.collect(),
            organization_revision: 1,
        }
    }

    #[test]
    fn the_only_seat_need_not_be_named() {
        let one = person(&[(Post::Salesperson, 2, "HD"), (Post::Supervisor, 3, "HB")]);
        assert_eq!(seat(&one, None).expect("one").region_code, "HD");
    }

    #[test]
    fn of_several_seats_one_has_to_be_named() {
        let two = person(&[(Post::Salesperson, 2, "HD"), (Post::Salesperson, 3, "HB")]);
        let units = vec![Uuid::from_u128(2), Uuid::from_u128(3)];
        assert_eq!(seat(&two, None), Err(Refusal::UnitAmbiguous { units }));
        let named = seat(&two, Some(Uuid::from_u128(3))).expect("named");
        assert_eq!(named.region_code, "HB");
    }

    #[test]
    fn a_unit_in_which_the_person_does_not_sell_is_refused() {
        let one = person(&[(Post::Salesperson, 2, "HD"), (Post::Salesperson, 4, "")]);
        assert!(seat(&one, Some(Uuid::from_u128(3))).is_err());
        // No region, no number.
        assert!(seat(&one, Some(Uuid::from_u128(4))).is_err());
    }
}
