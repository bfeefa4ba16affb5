//! The tables, as `migrations/approval-orchestrator` makes them.

diesel::table! {
    policy_version (kind, version) {
        kind -> Text,
        version -> BigInt,
        content -> Jsonb,
        digest -> Binary,
        publisher -> Text,
        publish_time -> Timestamptz,
    }
}

diesel::table! {
    policy_status (kind) {
        kind -> Text,
        state -> Text,
        reason -> Text,
        actor -> Text,
        version -> BigInt,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    policy_draft (kind, draft) {
        kind -> Text,
        draft -> Text,
        content -> Jsonb,
        note -> Text,
        author -> Text,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    approval (id) {
        id -> Uuid,
        state -> Text,
        kind -> Text,
        policy_version -> BigInt,
        subject_service -> Text,
        subject_name -> Text,
        submitter -> Uuid,
        unit -> Uuid,
        attention_reason -> Nullable<Text>,
        version -> BigInt,
        document -> Jsonb,
        create_time -> Timestamptz,
        end_time -> Nullable<Timestamptz>,
        timer_time -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    task (id) {
        id -> Uuid,
        approval -> Uuid,
        kind -> Text,
        policy_version -> BigInt,
        subject_name -> Text,
        step -> Text,
        visit -> BigInt,
        assignee -> Uuid,
        state -> Text,
        version -> BigInt,
        card -> Jsonb,
        decision -> Nullable<Jsonb>,
        create_time -> Timestamptz,
        end_time -> Nullable<Timestamptz>,
        due_time -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_entry (approval, sequence) {
        approval -> Uuid,
        sequence -> BigInt,
        create_time -> Timestamptz,
        round -> BigInt,
        action -> Text,
        actor -> Text,
        on_behalf_of -> Text,
        origin -> Text,
        subject_version -> BigInt,
        subject_digest -> Binary,
        step -> Text,
        task -> Nullable<Uuid>,
        details -> Text,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    approval_copy (approval, recipient) {
        approval -> Uuid,
        recipient -> Uuid,
        copier -> Uuid,
        comment -> Text,
        create_time -> Timestamptz,
        read_time -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_unanchored (approval, length) {
        approval -> Uuid,
        length -> BigInt,
        head -> Binary,
    }
}

diesel::table! {
    audit_anchored (approval, number) {
        approval -> Uuid,
        number -> BigInt,
        length -> BigInt,
    }
}

diesel::table! {
    deputyship (id) {
        id -> Uuid,
        principal -> Uuid,
        deputy -> Uuid,
        deputy_name -> Text,
        kinds -> Array<Text>,
        start_time -> Timestamptz,
        end_time -> Timestamptz,
        stop_time -> Nullable<Timestamptz>,
        reason -> Text,
        author -> Text,
        version -> BigInt,
        create_time -> Timestamptz,
        update_time -> Timestamptz,
    }
}

diesel::table! {
    deputyship_head (single) {
        single -> Bool,
        revision -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(approval, task);
diesel::allow_tables_to_appear_in_same_query!(approval, approval_copy);
diesel::allow_tables_to_appear_in_same_query!(policy_version, policy_status);
diesel::allow_tables_to_appear_in_same_query!(approval, policy_status);
