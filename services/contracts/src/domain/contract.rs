//! A contract and the changes it can go through. Each method checks what it needs and changes nothing where it refuses.

use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Amounts, Content, Outcome, Refusal, Report, Seat, State, Verb, digest::digest};

/// A contract with its current content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contract {
    /// Everything but the content.
    pub head: Head,
    /// What it says, at the current revision.
    pub content: Content,
    /// The digest of that.
    pub digest: [u8; 32],
}

/// What there is to know of a contract besides its content.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    /// Its id.
    pub id: Uuid,
    /// The number that people use; none before it is first submitted.
    pub number: Option<String>,
    /// How it stands.
    pub state: State,
    /// The salesperson.
    pub owner: Uuid,
    /// The unit it belongs to.
    pub unit: Uuid,
    /// The code of the unit's region.
    pub region_code: String,
    /// What the content sums to.
    pub amounts: Amounts,
    /// The current revision of the content, from 1.
    pub revision: i64,
    /// Grows with every change, from 1.
    pub version: i64,
    /// The newest sign-off.
    pub sign_off: Option<SignOff>,
    /// How it was signed.
    pub signing: Option<Signing>,
    /// The newest version of the signed file.
    pub file: Option<i32>,
    /// When it was drafted.
    pub create_time: Timestamp,
    /// When it last changed.
    pub update_time: Timestamp,
    /// When it was archived.
    pub archive_time: Option<Timestamp>,
    /// When it was given up.
    pub delete_time: Option<Timestamp>,
}

/// A contract's sign-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignOff {
    /// The approval.
    pub approval: Uuid,
    /// Its round, from 1.
    pub round: i32,
    /// When this round was submitted.
    pub submit_time: Timestamp,
    /// How it ended; `None` while people are asked.
    pub ended: Option<Ended>,
}

/// How a round of a sign-off ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub comment: String,
    /// When.
    pub time: Timestamp,
}

/// How a contract was signed with the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signing {
    /// The day.
    pub date: Date,
    /// Who signed for the company.
    pub company: String,
    /// Who signed for the customer.
    pub customer: String,
}

impl Contract {
    /// A new draft.
    pub(crate) fn draft(
        id: Uuid,
        owner: Uuid,
        seat: Seat,
        content: Content,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let amounts = content.check()?;
        Ok(Self {
            digest: digest(id, 1, &content),
            head: Head {
                id,
                number: None,
                state: State::Draft,
                owner,
                unit: seat.unit,
                region_code: seat.region_code,
                amounts,
                revision: 1,
                version: 1,
                sign_off: None,
                signing: None,
                file: None,
                create_time: now,
                update_time: now,
                archive_time: None,
                delete_time: None,
            },
            content,
        })
    }

    /// Gives it a new content. `superseded` says that its sign-off was ended for this; the outcome that tells so may have been
    /// applied already, or come later and find nothing to do. A contract that is being signed off is not changed without that.
    pub(crate) fn edit(&mut self, content: Content, superseded: bool, now: Timestamp) -> Result<(), Refusal> {
        let mut to = self.head.allows(Verb::Edit)?;
        let amounts = content.check()?;
        let head = &mut self.head;
        if head.state == State::InApproval && !superseded {
            return Err(head.forbids(Verb::Edit));
        }
        let over = head.state.after(Verb::End(Outcome::Superseded));
        if let (true, Some(over), Some(sign_off)) = (superseded, over, &mut head.sign_off) {
            to = over;
            sign_off.ended = Some(Ended {
                outcome: Outcome::Superseded,
                comment: String::new(),
                time: now,
            });
        }
        head.amounts = amounts;
        head.revision += 1;
        self.digest = digest(head.id, head.revision, &content);
        self.content = content;
        head.moved(to, now);
        Ok(())
    }

    /// Submits it for sign-off (P6.1.1): the next round of an approval that was returned, else the first of a new one.
    pub(crate) fn submit(&mut self, new_approval: Uuid, now: Timestamp) -> Result<(), Refusal> {
        let to = self.head.allows(Verb::Submit)?;
        let fields = self.content.missing();
        if !fields.is_empty() {
            let contract = self.head.id;
            return Err(Refusal::Incomplete { contract, fields });
        }
        let (approval, round) = match &self.head.sign_off {
            Some(returned) if self.head.state == State::Returned => {
                (returned.approval, returned.round.saturating_add(1))
            }
            _ => (new_approval, 1),
        };
        self.head.sign_off = Some(SignOff {
            approval,
            round,
            submit_time: now,
            ended: None,
        });
        self.head.moved(to, now);
        Ok(())
    }

    /// Applies an outcome if it is about what the contract is now, and says whether it did (P6.1.3).
    ///
    /// An outcome that judges the content counts for exactly the round, revision and digest that were judged. One that ends the
    /// approval as a whole counts for any round of it: a withdrawal may meet a resubmission on the way.
    pub(crate) fn end_sign_off(&mut self, report: &Report, now: Timestamp) -> bool {
        let head = &mut self.head;
        let Some(sign_off) = &mut head.sign_off else {
            return false;
        };
        let judged = (report.round, report.revision, report.digest);
        let same = judged == (sign_off.round, head.revision, self.digest);
        if sign_off.approval != report.approval || (report.outcome.judges_content() && !same) {
            return false;
        }
        let Some(to) = head.state.after(Verb::End(report.outcome)) else {
            return false;
        };
        sign_off.ended = Some(Ended {
            outcome: report.outcome,
            comment: report.comment.clone(),
            time: report.time,
        });
        head.moved(to, now);
        true
    }

    /// The day the contract was approved, in a time zone; `None` before it is.
    pub(crate) fn approved_on(&self, zone: &jiff::tz::TimeZone) -> Option<Date> {
        let ended = self.head.sign_off.as_ref()?.ended.as_ref()?;
        (ended.outcome == Outcome::Approved).then(|| ended.time.to_zoned(zone.clone()).date())
    }
}

impl Head {
    /// The state that a verb leads to.
    pub(crate) fn allows(&self, verb: Verb) -> Result<State, Refusal> {
        self.state.after(verb).ok_or_else(|| self.forbids(verb))
    }

    fn forbids(&self, verb: Verb) -> Refusal {
        Refusal::StateForbids {
            contract: self.id,
            state: self.state,
            verb,
        }
    }

    /// Records that it was signed with the customer (P6.1.4).
    pub(crate) fn sign(&mut self, signing: Signing, now: Timestamp) -> Result<(), Refusal> {
        let to = self.allows(Verb::Sign)?;
        self.signing = Some(signing);
        self.moved(to, now);
        Ok(())
    }

    /// Archives it with its signed file (P6.1.4).
    pub(crate) fn archive(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let to = self.allows(Verb::Archive)?;
        self.needs_file()?;
        self.archive_time = Some(now);
        self.moved(to, now);
        Ok(())
    }

    /// Gives a draft up.
    pub(crate) fn delete(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let to = self.allows(Verb::Delete)?;
        self.delete_time = Some(now);
        self.moved(to, now);
        Ok(())
    }

    /// Makes room for the next version of the signed file, and returns its number.
    pub(crate) fn add_file(&mut self, now: Timestamp) -> Result<i32, Refusal> {
        let to = self.allows(Verb::StoreFile)?;
        let version = self.file.unwrap_or(0).saturating_add(1);
        self.file = Some(version);
        self.moved(to, now);
        Ok(version)
    }

    /// Refuses where no signed file is stored.
    pub(crate) fn needs_file(&self) -> Result<(), Refusal> {
        self.file.map(drop).ok_or(Refusal::SignedFileMissing(self.id))
    }

    fn moved(&mut self, to: State, now: Timestamp) {
        self.state = to;
        self.version += 1;
        self.update_time = now;
    }
}

#[cfg(test)]
mod tests;
