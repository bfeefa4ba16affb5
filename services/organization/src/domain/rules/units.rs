//! The tree of units: one root, no cycles, on every date.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::not_in_past;
use crate::domain::{Period, Placement, Refusal, Roster, Unit, UnitId, UnitKind};

impl Roster {
    /// Whether the new unit may stand under the parent for as long as it exists.
    ///
    /// # Errors
    /// A second company, a region without code, a parent that is of the wrong kind or not open.
    pub fn check_new_unit(
        &self,
        kind: UnitKind,
        code: &str,
        parent: UnitId,
        open: Date,
    ) -> Result<(), Refusal> {
        if kind == UnitKind::Company {
            return Err(Refusal::CompanyFixed);
        }
        if kind == UnitKind::Region && code.is_empty() {
            return Err(Refusal::RegionWithoutCode);
        }
        self.check_parent(kind, parent, Period::since(open))
    }

    /// The unit's placements once it stands under `parent` from a date on. Moves planned for later are dropped.
    ///
    /// # Errors
    /// A date in the past, the company, a parent of the wrong kind or not open, a cycle on any day from then on.
    pub fn move_unit(
        &self,
        unit: UnitId,
        parent: UnitId,
        from: Date,
        today: Date,
    ) -> Result<Vec<Placement>, Refusal> {
        let unit = self.known_unit(unit)?;
        if unit.kind == UnitKind::Company {
            return Err(Refusal::CompanyFixed);
        }
        not_in_past(from, today)?;
        let stays = Period::new(from, unit.open.end()).filter(|stays| !stays.is_empty());
        let stays = stays.filter(|stays| stays.first_day_outside(unit.open).is_none());
        let stays = stays.ok_or(Refusal::UnitNotOpen {
            unit: unit.id,
            date: from,
        })?;
        self.check_parent(unit.kind, parent, stays)?;
        self.check_no_cycle(unit.id, parent, from)?;

        let until_then = unit
            .placements
            .iter()
            .filter(|placement| placement.period.start() < from);
        let mut placements: Vec<_> = until_then
            .map(|placement| Placement {
                period: placement.period.ended(from),
                ..*placement
            })
            .collect();
        placements.push(Placement {
            parent,
            period: stays,
        });
        Ok(placements)
    }

    /// The unit as it is once it is closed from a date on.
    ///
    /// # Errors
    /// A date in the past or by which it is closed anyway, the company, or something left in the unit.
    pub fn close_unit(&self, unit: UnitId, from: Date, today: Date) -> Result<Unit, Refusal> {
        let unit = self.known_unit(unit)?;
        if unit.kind == UnitKind::Company {
            return Err(Refusal::CompanyFixed);
        }
        not_in_past(from, today)?;
        if unit.open.end().is_some_and(|end| end <= from) {
            return Err(Refusal::UnitNotOpen {
                unit: unit.id,
                date: from,
            });
        }
        let after = Period::since(from);
        let not_empty = |blocked_by: String| Refusal::UnitNotEmpty {
            unit: unit.id,
            blocked_by,
        };
        let below = self.units().filter(|other| {
            other
                .placements
                .iter()
                .any(|at| at.parent == unit.id && at.period.overlaps(after))
        });
        if let Some(below) = below.map(|below| below.id).min() {
            return Err(not_empty(below.to_string()));
        }
        let held = self
            .appointments()
            .filter(|held| held.unit == unit.id && held.period.overlaps(after));
        if let Some(held) = held.map(|held| held.id).min() {
            return Err(not_empty(held.to_string()));
        }
        // A placement planned to begin later would never come to be.
        let placements = unit.placements.iter().filter(|at| at.period.start() < from);
        let placements = placements
            .map(|at| Placement {
                period: at.period.ended(from),
                ..*at
            })
            .collect();
        Ok(Unit {
            open: unit.open.ended(from),
            placements,
            ..unit.clone()
        })
    }

    fn check_parent(&self, kind: UnitKind, parent: UnitId, stays: Period) -> Result<(), Refusal> {
        let parent = self.known_unit(parent)?;
        if !kind.may_stand_under(parent.kind) {
            return Err(Refusal::UnitPlacement {
                kind,
                parent_kind: parent.kind,
            });
        }
        match stays.first_day_outside(parent.open) {
            Some(date) => Err(Refusal::UnitNotOpen {
                unit: parent.id,
                date,
            }),
            None => Ok(()),
        }
    }

    /// The tree changes shape only on days on which some placement starts; between them one look is enough.
    fn check_no_cycle(&self, unit: UnitId, parent: UnitId, from: Date) -> Result<(), Refusal> {
        let starts = self
            .units()
            .flat_map(|unit| &unit.placements)
            .map(|placement| placement.period.start());
        let mut days: BTreeSet<Date> = starts.filter(|start| from < *start).collect();
        days.insert(from);
        for date in days {
            if self.stands_in(parent, unit, date) {
                return Err(Refusal::UnitCycle { unit, parent, date });
            }
        }
        Ok(())
    }

    /// Whether a unit is another one or stands somewhere below it.
    fn stands_in(&self, unit: UnitId, above: UnitId, date: Date) -> bool {
        let mut current = Some(unit);
        while let Some(at) = current {
            if at == above {
                return true;
            }
            current = self.unit(at).and_then(|unit| unit.parent_on(date));
        }
        false
    }
}
