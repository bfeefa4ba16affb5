-- What has to be anchored: how far an approval's history had grown, written by the statement that lets it grow, so there is
-- nothing to be found by a clock or a number and no commit that came late is missed. Rows go when an anchor holds them.
CREATE TABLE audit_unanchored (
    approval uuid NOT NULL,
    length bigint NOT NULL CHECK (length >= 1),
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    PRIMARY KEY (approval, length)
);

-- Which anchors cover an approval, and up to which of its entries. Only to find them by: what counts is in the anchors.
CREATE TABLE audit_anchored (
    approval uuid NOT NULL,
    number bigint NOT NULL CHECK (number >= 1),
    length bigint NOT NULL CHECK (length >= 1),
    PRIMARY KEY (approval, number)
);
-- The newest anchor.
CREATE INDEX audit_anchored_by_number ON audit_anchored (number);

-- Histories that are older than anchors.
INSERT INTO audit_unanchored (approval, length, head)
SELECT id, (document ->> 'audit_length')::bigint, decode(substr(document ->> 'audit_head', 3), 'hex')
FROM approval;

DO $$
DECLARE
    service_role text := 'salient_' || current_schema();
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON audit_unanchored TO %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT ON audit_anchored TO %I', service_role);
END
$$;
