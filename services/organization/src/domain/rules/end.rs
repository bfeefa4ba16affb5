//! How appointments end.

use jiff::civil::Date;
use salient_operation::Post;

use super::not_in_past;
use crate::domain::{Appointment, Period, Refusal, Roster};

impl Roster {
    /// The appointment as it is once it ends on a date.
    ///
    /// # Errors
    /// A date in the past or by which it has ended anyway, or nobody left to administer the suite.
    pub fn end_appointment(
        &self,
        held: &Appointment,
        end: Date,
        today: Date,
    ) -> Result<Appointment, Refusal> {
        // Calling off what has not begun is no change of the past, whatever the date says.
        if held.period.start() < today {
            not_in_past(end, today)?;
        }
        if let Some(ended) = held
            .period
            .end()
            .filter(|ended| *ended <= end || held.period.is_empty())
        {
            return Err(Refusal::AppointmentEnded {
                appointment: held.id,
                end_date: ended,
            });
        }
        let period = held.period.ended(end);
        if held.post == Post::Administrator
            && let Some(lost) = lost(held.period, period)
        {
            self.stays_administered(&[held.id], lost)?;
        }
        Ok(Appointment {
            period,
            ..held.clone()
        })
    }
}

/// The days that the shorter period no longer has.
pub(super) fn lost(before: Period, after: Period) -> Option<Period> {
    Period::new(after.end()?, before.end()).filter(|lost| !lost.is_empty())
}
