use salient_database::Label;

/// What this crate asks the database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Query {
    Lease,
    Delivered,
    Postpone,
    NumberEvents,
    EventPage,
    FeedHead,
}

impl Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::Lease => "outbox_lease",
            Self::Delivered => "outbox_delivered",
            Self::Postpone => "outbox_postpone",
            Self::NumberEvents => "events_number",
            Self::EventPage => "event_page",
            Self::FeedHead => "feed_head",
        }
    }
}
