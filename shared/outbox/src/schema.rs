//! The ledger tables of `migrations/common` that this crate reads.

diesel::table! {
    event (seq) {
        seq -> BigInt,
        id -> Uuid,
        position -> Nullable<BigInt>,
        resource -> Text,
        #[sql_name = "type"]
        kind -> Text,
        actor -> Text,
        event_time -> Timestamptz,
        payload -> Binary,
        traceparent -> Nullable<Text>,
    }
}

diesel::table! {
    feed_head (single) {
        single -> Bool,
        position -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        due_time -> Timestamptz,
        lease_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
    }
}
