//! The ledger tables that every service's schema has, from `migrations/common`.

diesel::table! {
    idempotency (caller, request_id) {
        caller -> Text,
        request_id -> Uuid,
        fingerprint -> Binary,
        response -> Binary,
        create_time -> Timestamptz,
    }
}
