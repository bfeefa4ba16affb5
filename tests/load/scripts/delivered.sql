DELETE FROM {schema}.outbox
WHERE (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL AND id = {delivery}
