DROP TABLE idempotency;
DROP TABLE outbox;
DROP TABLE feed_head;
DROP TABLE event;
