-- The service's parameters, one row for each change that was seen and one for each epoch in which
-- somebody looked: what is missing in between was not seen.
CREATE TABLE service_seen (
    seen_at BIGINT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    params BLOB NOT NULL
);
