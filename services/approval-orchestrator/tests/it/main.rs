//! The orchestrator as its callers see it: through gRPC, on real PostgreSQL, with the services around it played by the tests.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod anchors;
#[cfg(test)]
mod attention;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod boxes;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod correspondence;
#[cfg(test)]
mod correspondence_replicas;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod deputies;
#[cfg(test)]
mod deputyship_rules;
#[cfg(test)]
mod deputyships;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod events;
#[cfg(test)]
mod happy_path;
#[cfg(test)]
mod house;
#[cfg(test)]
mod model;
#[cfg(test)]
mod notification_filters;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod policy_branches;
#[cfg(test)]
mod policy_drafts;
#[cfg(test)]
mod policy_simulation;
#[cfg(test)]
mod policy_standing;
#[cfg(test)]
mod policy_texts;
#[cfg(test)]
mod races;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod stand_ins;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod thousand;
#[cfg(test)]
mod timers;
#[cfg(test)]
mod vacancies;
#[cfg(test)]
mod waterfall;
