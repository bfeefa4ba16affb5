//! Who would have to sign, and who instead (P2.1, P6.1).

use salient_operation::Post;

use super::{
    Chart, EmployeeId, Rung, UnitId,
    posts::{Rank, rank, stand_in_rank},
    superiors::Chain,
};

/// What the approvers are sought for.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Who submits.
    pub submitter: EmployeeId,
    /// The unit that the subject belongs to.
    pub unit: UnitId,
}

/// How an approver is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// The holders of a post for the subject's unit.
    Post(Post),
    /// The submitter's direct superior.
    SubmitterSuperior,
    /// A named person.
    Employee(EmployeeId),
}

impl Chart {
    /// The rung that the selector asks for, then who stands in, one by one, up to company management.
    ///
    /// The first rung is there even if vacant, and names the submitter if it is their own; on the others the submitter does not
    /// stand, and nobody a second time.
    pub fn ladder(&self, question: Question, selector: Selector) -> Vec<Rung> {
        let Question { submitter, unit } = question;
        let (first, instead) = match selector {
            Selector::Post(post) => {
                let first = self.nearest(post, unit);
                let instead = self.instead_of(post, &first, question);
                (first, instead)
            }
            Selector::Employee(employee) => (self.person(employee), self.superiors(employee)),
            Selector::SubmitterSuperior => {
                let mut superiors = self.superiors(submitter).into_iter();
                let nobody = Rung {
                    seat: None,
                    holders: Vec::new(),
                };
                (superiors.next().unwrap_or(nobody), superiors.collect())
            }
        };
        let on_first = first.holders.iter().map(|holder| holder.employee);
        let mut chain = Chain::without(on_first.chain([submitter]));
        for rung in instead
            .into_iter()
            .filter(|rung| !(rung.is_vacant() && rung.seat == first.seat))
        {
            chain.push(rung);
        }
        let mut ladder = vec![first];
        ladder.extend(chain.into_rungs());
        ladder
    }

    /// Who stands in for the holder of a post.
    fn instead_of(&self, post: Post, first: &Rung, question: Question) -> Vec<Rung> {
        let least = stand_in_rank(post);
        let mut chain = Chain::without([question.submitter]);
        // A supervisor is the submitter's own concern, and so is any vacancy; but never does somebody lower decide.
        if post == Post::Supervisor || first.is_vacant() {
            let own = self.superiors(question.submitter).into_iter();
            for rung in own.filter(|rung| least <= Rank::Supervisor || self.rank_on(rung) >= least) {
                chain.push(rung);
            }
        }
        let reached = chain.rungs().iter().map(|rung| self.rank_on(rung)).max();
        let above = reached.unwrap_or(Rank::Staff).max(above_post(post));
        for rung in self.line_above(above, question.unit) {
            chain.push(rung);
        }
        chain.into_rungs()
    }

    /// How high those on a rung stand.
    fn rank_on(&self, rung: &Rung) -> Rank {
        let people = rung
            .holders
            .iter()
            .map(|holder| self.rank_of(holder.employee))
            .max();
        rung.seat
            .map(|(post, _)| rank(post))
            .or(people)
            .unwrap_or(Rank::Staff)
    }
}

/// Above which rank the superiors of a post begin: posts beside the line answer to the director.
fn above_post(post: Post) -> Rank {
    match (post, rank(post)) {
        (Post::Salesperson, _) => Rank::Staff,
        (_, Rank::Staff) => Rank::RegionalManager,
        (_, rank) => rank,
    }
}
