-- Customers' credit: what sign-offs may take, and what they took (P6.1.3).

CREATE TABLE credit_account (
    customer uuid PRIMARY KEY REFERENCES customer (id),
    -- Grows with every change; the etag, and the number of the entry that made it.
    version bigint NOT NULL CHECK (version >= 1),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    credit_limit numeric NOT NULL,
    reserved numeric NOT NULL CHECK (reserved >= 0),
    confirmed numeric NOT NULL CHECK (confirmed >= 0),
    -- While the customer is deleted, so that the account's row alone decides whether something can be reserved.
    closed boolean NOT NULL,
    update_time timestamptz NOT NULL,
    -- What no program error may break either.
    CONSTRAINT credit_never_overspent CHECK (credit_limit >= reserved + confirmed)
);

-- What changed an account, in order; accounts are the sums of their entries.
CREATE TABLE credit_entry (
    customer uuid NOT NULL REFERENCES credit_account (customer),
    number bigint NOT NULL CHECK (number >= 1),
    kind text NOT NULL CONSTRAINT credit_entry_kind_known
        CHECK (kind IN ('LIMIT_SET', 'RESERVED', 'CONFIRMED', 'RELEASED')),
    currency text NOT NULL,
    amount numeric NOT NULL CHECK (amount >= 0),
    -- The account afterwards.
    credit_limit numeric NOT NULL,
    reserved numeric NOT NULL,
    confirmed numeric NOT NULL,
    approval uuid,
    round integer CHECK (round >= 1),
    reason text NOT NULL,
    actor text NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (customer, number),
    CONSTRAINT credit_entry_for_approval CHECK ((kind = 'LIMIT_SET') = (approval IS NULL) AND (approval IS NULL) = (round IS NULL))
);

-- What each round of an approval was answered. The primary key makes asking again harmless, from wherever it comes.
CREATE TABLE credit_reservation (
    approval uuid NOT NULL,
    round integer NOT NULL CHECK (round >= 1),
    state text NOT NULL CONSTRAINT credit_reservation_state_known
        CHECK (state IN ('RESERVED', 'CONFIRMED', 'RELEASED', 'REFUSED')),
    -- Not set where a release came first, so that nothing was ever set aside.
    customer uuid,
    subject text,
    currency text,
    amount numeric CHECK (amount >= 0),
    -- The refusal as answered.
    refusal_reason text,
    refusal_en text,
    refusal_zh text,
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    CONSTRAINT credit_reservation_once PRIMARY KEY (approval, round),
    CONSTRAINT credit_reservation_complete CHECK (
        (customer IS NULL) = (subject IS NULL) AND (customer IS NULL) = (currency IS NULL)
        AND (customer IS NULL) = (amount IS NULL)
    ),
    CONSTRAINT credit_reservation_of_account CHECK (customer IS NOT NULL OR state = 'RELEASED'),
    CONSTRAINT credit_reservation_refusal CHECK (
        (state = 'REFUSED') = (refusal_reason IS NOT NULL)
        AND (refusal_reason IS NULL) = (refusal_en IS NULL) AND (refusal_reason IS NULL) = (refusal_zh IS NULL)
    )
);
CREATE INDEX credit_reservation_open ON credit_reservation (customer) WHERE state = 'RESERVED';

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON credit_account TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON credit_entry TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (state, update_time) ON credit_reservation TO %I', service_role);
END
$$;
