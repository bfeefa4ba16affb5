-- A business calendar. Its row is the lock under which its versions get their numbers.
CREATE TABLE calendar (
    id text PRIMARY KEY CONSTRAINT calendar_id_form CHECK (id ~ '^[a-z][a-z0-9-]{0,39}$'),
    display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 100),
    time_zone text NOT NULL,
    -- The number of the newest version; 0 while there is none.
    latest integer NOT NULL CHECK (latest >= 0),
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL
);

-- What a calendar says from a date on: hours and days that differ, as one document. Never changed once published.
CREATE TABLE calendar_version (
    calendar text NOT NULL REFERENCES calendar (id),
    number integer NOT NULL CHECK (number >= 1),
    effective_date date NOT NULL,
    content jsonb NOT NULL,
    create_time timestamptz NOT NULL,
    PRIMARY KEY (calendar, number)
);

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON calendar TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON calendar_version TO %I', service_role);
END
$$;
