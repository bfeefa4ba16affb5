-- Who is asked in whose place, for how long, for which kinds of subject. Rows are never deleted: one that was ended has a stop_time.
CREATE TABLE deputyship (
    id uuid PRIMARY KEY,
    principal uuid NOT NULL,
    deputy uuid NOT NULL,
    deputy_name text NOT NULL,
    -- Empty means every kind.
    kinds text[] NOT NULL CONSTRAINT deputyship_kinds_few CHECK (cardinality(kinds) <= 20),
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    stop_time timestamptz,
    reason text NOT NULL CHECK (char_length(reason) <= 500),
    author text NOT NULL,
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    CONSTRAINT deputyship_of_another CHECK (deputy <> principal),
    CONSTRAINT deputyship_period CHECK (start_time < end_time),
    CONSTRAINT deputyship_not_endless CHECK (end_time - start_time <= interval '400 days'),
    CONSTRAINT deputyship_stopped_early CHECK (stop_time < end_time)
);
-- What counts when another one is to be made: the ones of a principal, and of a deputy, that are not over.
CREATE INDEX deputyship_open_of_principal ON deputyship (principal, end_time) WHERE stop_time IS NULL;
CREATE INDEX deputyship_open_of_deputy ON deputyship (deputy, end_time) WHERE stop_time IS NULL;
-- All that are not over: what those who make tasks read.
CREATE INDEX deputyship_open ON deputyship (end_time) WHERE stop_time IS NULL;
-- Lists, the newest first: everybody's, a principal's, a deputy's.
CREATE INDEX deputyship_newest ON deputyship (create_time DESC, id DESC);
CREATE INDEX deputyship_by_principal ON deputyship (principal, create_time DESC, id DESC);
CREATE INDEX deputyship_by_deputy ON deputyship (deputy, create_time DESC, id DESC);

-- One row. Its lock is what lets only one deputyship be made or changed at a time: whether it may be depends on others, which no
-- constraint can say. Its revision says whether anything has changed since it was read.
CREATE TABLE deputyship_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    revision bigint NOT NULL CHECK (revision >= 0)
);
INSERT INTO deputyship_head (revision) VALUES (0);

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON deputyship TO %I', service_role);
    EXECUTE format('GRANT SELECT, UPDATE ON deputyship_head TO %I', service_role);
END
$$;
