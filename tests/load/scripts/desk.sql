\if :seated = 0
SELECT customer, owner, unit, region, supervisor, manager FROM desk WHERE number = :client_id::int % :desks::int \gset
\set seated 1
\endif
