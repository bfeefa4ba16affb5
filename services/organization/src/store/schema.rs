//! The tables of `migrations/organization`.

diesel::table! {
    organization_head (single) {
        single -> Bool,
        revision -> BigInt,
    }
}

diesel::table! {
    org_unit (id) {
        id -> Uuid,
        kind -> Text,
        code -> Nullable<Text>,
        display_name -> Text,
        open_date -> Date,
        close_date -> Nullable<Date>,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    placement (unit, start_date) {
        unit -> Uuid,
        start_date -> Date,
        end_date -> Nullable<Date>,
        parent -> Uuid,
    }
}

diesel::table! {
    employee (id) {
        id -> Uuid,
        number -> Text,
        display_name -> Text,
        email -> Text,
        hire_date -> Date,
        leave_date -> Nullable<Date>,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    appointment (id) {
        id -> Uuid,
        employee -> Uuid,
        post -> Text,
        unit -> Uuid,
        kind -> Text,
        start_date -> Date,
        end_date -> Nullable<Date>,
        reports_to -> Nullable<Uuid>,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    calendar (id) {
        id -> Text,
        display_name -> Text,
        time_zone -> Text,
        latest -> Integer,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    calendar_version (calendar, number) {
        calendar -> Text,
        number -> Integer,
        effective_date -> Date,
        content -> Jsonb,
        create_time -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(org_unit, placement);
