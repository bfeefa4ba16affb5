-- A contract: how it stands, and what lists ask about. Its row is the lock: a change is saved onto the version it was decided on.
-- What it says is in `revision`, at its current revision; title, customer, currency and sums are copied from there by the same
-- statement. Contracts are never deleted, so foreign keys to them would cost a look-up for each row and prevent nothing.
CREATE TABLE contract (
    id uuid PRIMARY KEY,
    number text CONSTRAINT contract_number_once UNIQUE,
    state text NOT NULL CONSTRAINT contract_state_known CHECK (state IN ('DRAFT', 'IN_APPROVAL', 'RETURNED', 'REJECTED', 'APPROVED', 'SIGNED', 'ARCHIVED', 'DELETED')),
    owner uuid NOT NULL,
    unit uuid NOT NULL,
    region_code text NOT NULL,
    customer uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    total numeric(20, 4) NOT NULL CHECK (total >= 0),
    tax numeric(20, 4) NOT NULL CHECK (tax >= 0 AND tax <= total),
    revision bigint NOT NULL CHECK (revision >= 1),
    version bigint NOT NULL CHECK (version >= revision),
    -- The newest sign-off, and how its newest round ended.
    approval uuid,
    round integer CHECK (round >= 1),
    submit_time timestamptz,
    outcome text CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED')),
    outcome_comment text,
    outcome_time timestamptz,
    sign_date date,
    company_signatory text,
    customer_signatory text,
    -- The newest version of the signed file.
    file integer CHECK (file >= 1),
    create_time timestamptz NOT NULL,
    update_time timestamptz NOT NULL,
    archive_time timestamptz,
    delete_time timestamptz,
    -- The state and what it says of the contract agree, whatever the code does.
    CONSTRAINT contract_sign_off_whole CHECK ((approval IS NULL) = (round IS NULL) AND (approval IS NULL) = (submit_time IS NULL) AND (approval IS NULL) = (number IS NULL)),
    CONSTRAINT contract_outcome_whole CHECK ((outcome IS NULL) = (outcome_time IS NULL) AND (outcome IS NULL) = (outcome_comment IS NULL)),
    CONSTRAINT contract_waits_for_outcome CHECK (state <> 'IN_APPROVAL' OR (approval IS NOT NULL AND outcome IS NULL)),
    CONSTRAINT contract_approved_by_outcome CHECK (state NOT IN ('APPROVED', 'SIGNED', 'ARCHIVED') OR (outcome IS NOT NULL AND outcome = 'APPROVED')),
    CONSTRAINT contract_signed CHECK ((state IN ('SIGNED', 'ARCHIVED')) = (sign_date IS NOT NULL)),
    CONSTRAINT contract_archived CHECK ((state = 'ARCHIVED') = (archive_time IS NOT NULL) AND (state <> 'ARCHIVED' OR file IS NOT NULL)),
    CONSTRAINT contract_deleted CHECK ((state = 'DELETED') = (delete_time IS NOT NULL))
);
-- Lists: everything, an owner's, a unit's, a customer's; the newest first. And by worth.
CREATE INDEX contract_by_time ON contract (create_time DESC, id DESC);
CREATE INDEX contract_by_owner ON contract (owner, create_time DESC, id DESC);
CREATE INDEX contract_by_unit ON contract (unit, create_time DESC, id DESC);
CREATE INDEX contract_by_customer ON contract (customer, create_time DESC, id DESC);
CREATE INDEX contract_by_total ON contract (total, id);

-- What a contract said at each of its revisions. `content` is read and written whole, its numbers as text, so that they come back
-- digit by digit. The service's role may add and read, nothing else.
CREATE TABLE revision (
    contract uuid NOT NULL,
    number bigint NOT NULL CHECK (number >= 1),
    content jsonb NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    total numeric(20, 4) NOT NULL,
    tax numeric(20, 4) NOT NULL,
    author uuid NOT NULL,
    create_time timestamptz NOT NULL,
    CONSTRAINT revision_once PRIMARY KEY (contract, number)
);

-- The last number given in each region and year. Its row is locked from the giving to the commit, so a number is used once and
-- none is lost to a transaction that failed.
CREATE TABLE number_counter (
    region_code text NOT NULL,
    year smallint NOT NULL,
    last bigint NOT NULL CHECK (last >= 1),
    PRIMARY KEY (region_code, year)
);

-- What the orchestrator told about sign-offs, each once, applied or not. The service's role may add and read, nothing else.
CREATE TABLE sign_off_outcome (
    approval uuid NOT NULL,
    round integer NOT NULL CHECK (round >= 1),
    outcome text NOT NULL CHECK (outcome IN ('APPROVED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'REFUSED', 'SUPERSEDED')),
    contract uuid NOT NULL,
    revision bigint NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    comment text NOT NULL,
    actor text NOT NULL,
    outcome_time timestamptz NOT NULL,
    applied boolean NOT NULL,
    CONSTRAINT sign_off_outcome_once PRIMARY KEY (approval, round, outcome)
);
CREATE INDEX sign_off_outcome_by_contract ON sign_off_outcome (contract, outcome_time);

-- Every version of the signed file; the bytes are in the object store, under the contract and the digest. The service's role may
-- add and read, nothing else.
CREATE TABLE file (
    contract uuid NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    filename text NOT NULL,
    content_type text NOT NULL CHECK (content_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    size_bytes bigint NOT NULL CHECK (size_bytes >= 1),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    uploader uuid NOT NULL,
    create_time timestamptz NOT NULL,
    CONSTRAINT file_once PRIMARY KEY (contract, version)
);

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON contract, number_counter TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON revision, sign_off_outcome, file TO %I', service_role);
END
$$;
