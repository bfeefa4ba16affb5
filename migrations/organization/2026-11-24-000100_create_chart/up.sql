-- One row: the revision of units, people and appointments as a whole. Every change of them takes its lock first, so that rules over
-- all of them (one tree, one primary post, no circles) are decided one after the other; and readers keep a copy as long as the
-- revision is the one they read.
CREATE TABLE organization_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    revision bigint NOT NULL CHECK (revision >= 0)
);
INSERT INTO organization_head (revision) VALUES (0);

-- Periods are days from the first on, to before the second: [start, end). An end equal to the start is a period without days.
CREATE TABLE org_unit (
    id uuid PRIMARY KEY,
    kind text NOT NULL CONSTRAINT org_unit_kind_known CHECK (kind IN ('KIND_COMPANY', 'KIND_REGION', 'KIND_TEAM')),
    -- Regions have one, for it stands in business numbers; never given twice, not even after a unit is closed.
    code text CONSTRAINT org_unit_code_form CHECK (code ~ '^[A-Z][A-Z0-9]{1,9}$'),
    display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 100),
    open_date date NOT NULL,
    close_date date,
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    CONSTRAINT org_unit_code_once UNIQUE (code),
    CONSTRAINT org_unit_region_has_code CHECK (kind <> 'KIND_REGION' OR code IS NOT NULL),
    CONSTRAINT org_unit_period CHECK (open_date <= close_date),
    CONSTRAINT org_unit_company_stays CHECK (kind <> 'KIND_COMPANY' OR close_date IS NULL)
);
-- One root.
CREATE UNIQUE INDEX org_unit_one_company ON org_unit (kind) WHERE kind = 'KIND_COMPANY';
CREATE INDEX org_unit_by_time ON org_unit (create_time, id);
CREATE INDEX org_unit_by_display_name ON org_unit (display_name, id);

-- Where a unit stands over a period; the company stands nowhere.
CREATE TABLE placement (
    unit uuid NOT NULL REFERENCES org_unit (id),
    start_date date NOT NULL,
    end_date date,
    parent uuid NOT NULL REFERENCES org_unit (id),
    PRIMARY KEY (unit, start_date),
    CONSTRAINT placement_period CHECK (start_date <= end_date),
    CONSTRAINT placement_not_under_itself CHECK (parent <> unit)
);
-- Under one parent at a time.
CREATE UNIQUE INDEX placement_one_open ON placement (unit) WHERE end_date IS NULL;
CREATE INDEX placement_by_parent ON placement (parent, unit);

CREATE TABLE employee (
    id uuid PRIMARY KEY,
    number text NOT NULL CONSTRAINT employee_number_form CHECK (number ~ '^[0-9A-Za-z._-]{1,20}$'),
    display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 100),
    -- Empty where there is none.
    email text NOT NULL CHECK (char_length(email) <= 200),
    hire_date date NOT NULL,
    leave_date date,
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    CONSTRAINT employee_number_once UNIQUE (number),
    CONSTRAINT employee_period CHECK (hire_date <= leave_date)
);
CREATE INDEX employee_by_time ON employee (create_time, id);
CREATE INDEX employee_by_display_name ON employee (display_name, number);

CREATE TABLE appointment (
    id uuid PRIMARY KEY,
    employee uuid NOT NULL REFERENCES employee (id),
    post text NOT NULL CONSTRAINT appointment_post_known CHECK (post IN ('POST_SALESPERSON', 'POST_SUPERVISOR', 'POST_REGIONAL_MANAGER', 'POST_DIRECTOR', 'POST_COMPANY_MANAGEMENT', 'POST_FINANCE', 'POST_ANALYST', 'POST_PRODUCTION', 'POST_LOGISTICS', 'POST_CUSTOMER_SERVICE', 'POST_ADMINISTRATOR')),
    unit uuid NOT NULL REFERENCES org_unit (id),
    kind text NOT NULL CONSTRAINT appointment_kind_known CHECK (kind IN ('KIND_PRIMARY', 'KIND_ADDITIONAL', 'KIND_ACTING', 'KIND_DEPUTY')),
    start_date date NOT NULL,
    end_date date,
    reports_to uuid REFERENCES employee (id),
    version bigint NOT NULL CHECK (version >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    CONSTRAINT appointment_period CHECK (start_date <= end_date),
    CONSTRAINT appointment_reports_by_primary CHECK (reports_to IS NULL OR kind = 'KIND_PRIMARY'),
    CONSTRAINT appointment_reports_to_another CHECK (reports_to <> employee)
);
-- The last guard of the rules that the lock of the head lets the application decide. Overlaps of periods with an end would need an
-- exclusion constraint and with it an extension, which not every PostgreSQL has.
CREATE UNIQUE INDEX appointment_one_primary ON appointment (employee) WHERE kind = 'KIND_PRIMARY' AND end_date IS NULL;
CREATE UNIQUE INDEX appointment_primary_start ON appointment (employee, start_date) WHERE kind = 'KIND_PRIMARY' AND (end_date IS NULL OR start_date < end_date);
CREATE UNIQUE INDEX appointment_post_once ON appointment (employee, unit, post) WHERE end_date IS NULL;
CREATE INDEX appointment_by_employee ON appointment (employee, create_time, id);
CREATE INDEX appointment_by_unit ON appointment (unit, create_time, id);
CREATE INDEX appointment_by_post ON appointment (post, create_time, id);
CREATE INDEX appointment_by_time ON appointment (create_time, id);
CREATE INDEX appointment_by_start ON appointment (start_date, id);
CREATE INDEX appointment_by_line_manager ON appointment (reports_to) WHERE reports_to IS NOT NULL;

-- Nothing of the past is ever deleted; only a move that was planned and is replaced goes.
DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, UPDATE ON organization_head TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON org_unit, employee, appointment TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON placement TO %I', service_role);
END
$$;
