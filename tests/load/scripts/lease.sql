UPDATE {schema}.outbox SET attempts = attempts + 1, lease_until = now() + interval '30 s'
WHERE id = {delivery}
RETURNING id, destination, method, ordering_key, payload, attempts, traceparent
