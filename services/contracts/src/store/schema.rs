//! The tables, as the migrations make them.

diesel::table! {
    contract (id) {
        id -> Uuid,
        number -> Nullable<Text>,
        state -> Text,
        owner -> Uuid,
        unit -> Uuid,
        region_code -> Text,
        customer -> Uuid,
        currency -> Text,
        total -> Numeric,
        tax -> Numeric,
        revision -> BigInt,
        version -> BigInt,
        approval -> Nullable<Uuid>,
        round -> Nullable<Integer>,
        submit_time -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        outcome_comment -> Nullable<Text>,
        outcome_time -> Nullable<Timestamptz>,
        sign_date -> Nullable<Date>,
        company_signatory -> Nullable<Text>,
        customer_signatory -> Nullable<Text>,
        file -> Nullable<Integer>,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
        archive_time -> Nullable<Timestamptz>,
        delete_time -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    revision (contract, number) {
        contract -> Uuid,
        number -> BigInt,
        content -> Jsonb,
        digest -> Binary,
        total -> Numeric,
        tax -> Numeric,
        author -> Uuid,
        create_time -> Timestamptz,
    }
}

diesel::table! {
    sign_off_outcome (approval, round, outcome) {
        approval -> Uuid,
        round -> Integer,
        outcome -> Text,
        contract -> Uuid,
        revision -> BigInt,
        digest -> Binary,
        comment -> Text,
        actor -> Text,
        outcome_time -> Timestamptz,
        applied -> Bool,
    }
}

diesel::table! {
    file (contract, version) {
        contract -> Uuid,
        version -> Integer,
        filename -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Binary,
        uploader -> Uuid,
        create_time -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(contract, revision);
