-- The ledger is all these tests need.
SELECT 1;
