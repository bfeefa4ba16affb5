-- The archive of customers (P5.1.2) and their grades over time (P5.3.1).

CREATE TABLE customer (
    id uuid PRIMARY KEY,
    -- Grows with every change of the row; the etag.
    version bigint NOT NULL CHECK (version >= 1),
    display_name text NOT NULL CHECK (display_name <> ''),
    -- What makes two names the same to people: see domain/normalize.rs. Compared by code point, whatever the database's locale.
    normalized_name text COLLATE "C" NOT NULL CHECK (normalized_name <> ''),
    credit_code text CHECK (length(credit_code) = 18),
    region_code text NOT NULL,
    administrative_area text NOT NULL,
    locality text NOT NULL,
    postal_code text NOT NULL,
    street_address text NOT NULL,
    -- A list of objects: display_name, title, phone, email, primary.
    contacts jsonb NOT NULL,
    needs text NOT NULL,
    preferences text NOT NULL,
    owner uuid NOT NULL,
    unit uuid NOT NULL,
    grade text NOT NULL CONSTRAINT customer_grade_known CHECK (grade IN ('A', 'B', 'C', 'D')),
    -- The number of the current grade period.
    grade_number bigint NOT NULL CHECK (grade_number >= 1),
    -- What a search looks in, and its single characters and pairs, by which an index finds it.
    search_text text NOT NULL,
    search_grams text[] NOT NULL,
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    delete_time timestamptz
);

-- Two people record the same customer at once: one of these lets only the first through.
CREATE UNIQUE INDEX customer_name_taken ON customer (normalized_name) WHERE delete_time IS NULL;
CREATE UNIQUE INDEX customer_credit_code_taken ON customer (credit_code) WHERE delete_time IS NULL;

-- Pages of a person's, a unit's and everybody's customers.
CREATE INDEX customer_by_owner ON customer (owner, normalized_name, id);
CREATE INDEX customer_by_unit ON customer (unit, normalized_name, id);
CREATE INDEX customer_by_name ON customer (normalized_name, id);
CREATE INDEX customer_by_age ON customer (create_time, id);
CREATE INDEX customer_search ON customer USING gin (search_grams);

CREATE TABLE grade_period (
    customer uuid NOT NULL REFERENCES customer (id),
    -- Counts from 1 for each customer, so that two who grade it at once cannot both be next.
    number bigint NOT NULL CHECK (number >= 1),
    grade text NOT NULL CONSTRAINT grade_period_known CHECK (grade IN ('A', 'B', 'C', 'D')),
    start_time timestamptz NOT NULL,
    -- Half-open: the next one starts at this instant.
    end_time timestamptz CHECK (end_time >= start_time),
    reason text NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (customer, number)
);
-- One of them is current.
CREATE UNIQUE INDEX grade_period_current ON grade_period (customer) WHERE end_time IS NULL;

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON customer TO %I', service_role);
    -- The past does not change; a period can only be ended.
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (end_time) ON grade_period TO %I', service_role);
END
$$;
