CREATE TABLE counter (
    id uuid PRIMARY KEY,
    value bigint NOT NULL,
    CONSTRAINT counter_not_negative CHECK (value >= 0)
);
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON counter TO %I', 'salient_' || current_schema());
END
$$;
