UPDATE {schema}.outbox SET attempts = attempts + 1, lease_until = now() + interval '30 s'
WHERE (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL AND id = {delivery}
RETURNING id, destination, method, ordering_key, payload, attempts, traceparent
