//! The service's tables, as `migrations/customers` makes them.

diesel::table! {
    customer (id) {
        id -> Uuid,
        version -> Int8,
        display_name -> Text,
        normalized_name -> Text,
        credit_code -> Nullable<Text>,
        region_code -> Text,
        administrative_area -> Text,
        locality -> Text,
        postal_code -> Text,
        street_address -> Text,
        contacts -> Jsonb,
        needs -> Text,
        preferences -> Text,
        owner -> Uuid,
        unit -> Uuid,
        grade -> Text,
        grade_number -> Int8,
        search_text -> Text,
        search_grams -> Array<Text>,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
        delete_time -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    grade_period (customer, number) {
        customer -> Uuid,
        number -> Int8,
        grade -> Text,
        start_time -> Timestamptz,
        end_time -> Nullable<Timestamptz>,
        reason -> Text,
        actor -> Text,
    }
}

diesel::table! {
    credit_account (customer) {
        customer -> Uuid,
        version -> Int8,
        currency -> Text,
        credit_limit -> Numeric,
        reserved -> Numeric,
        confirmed -> Numeric,
        closed -> Bool,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    credit_entry (customer, number) {
        customer -> Uuid,
        number -> Int8,
        kind -> Text,
        currency -> Text,
        amount -> Numeric,
        credit_limit -> Numeric,
        reserved -> Numeric,
        confirmed -> Numeric,
        approval -> Nullable<Uuid>,
        round -> Nullable<Int4>,
        reason -> Text,
        actor -> Text,
        create_time -> Timestamptz,
    }
}

diesel::table! {
    credit_reservation (approval, round) {
        approval -> Uuid,
        round -> Int4,
        state -> Text,
        customer -> Nullable<Uuid>,
        subject -> Nullable<Text>,
        currency -> Nullable<Text>,
        amount -> Nullable<Numeric>,
        refusal_reason -> Nullable<Text>,
        refusal_en -> Nullable<Text>,
        refusal_zh -> Nullable<Text>,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(customer, credit_account);
