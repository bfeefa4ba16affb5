-- What every service's schema has: what it announces, what it still has to send, and what it has already answered.

CREATE TABLE event (
    -- Taken when the event is inserted, after its aggregate's row is locked: the order of one aggregate's events.
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    -- Given after commit, without gaps: what readers of the feed resume from.
    position bigint UNIQUE CHECK (position > 0),
    resource text NOT NULL,
    type text NOT NULL,
    actor text NOT NULL,
    event_time timestamptz NOT NULL,
    payload bytea NOT NULL,
    traceparent text
);
CREATE INDEX event_unnumbered ON event (seq) WHERE position IS NULL;

-- One row: the last position given. Its lock is what lets only one replica number events at a time.
CREATE TABLE feed_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL CHECK (position >= 0)
);
INSERT INTO feed_head (position) VALUES (0);

CREATE TABLE outbox (
    -- Sent as the request id, so that the receiver does it once however often it is delivered.
    id uuid PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    destination text NOT NULL,
    method text NOT NULL,
    -- Deliveries to one destination with the same key go out one after the other, in the order of seq.
    ordering_key text NOT NULL,
    payload bytea NOT NULL,
    traceparent text,
    create_time timestamptz NOT NULL,
    due_time timestamptz NOT NULL,
    -- Until then another replica is delivering it.
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    last_error text
);
CREATE INDEX outbox_order ON outbox (destination, ordering_key, seq);
CREATE INDEX outbox_due ON outbox (due_time, seq);

CREATE TABLE idempotency (
    caller text NOT NULL,
    request_id uuid NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    response bytea NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (caller, request_id)
);
CREATE INDEX idempotency_age ON idempotency (create_time);

-- The service's role is named after its schema; it owns nothing.
DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON event TO %I', service_role);
    EXECUTE format('GRANT SELECT, UPDATE ON feed_head TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, idempotency TO %I', service_role);
END
$$;
