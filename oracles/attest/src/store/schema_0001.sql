-- States of operator accounts, one row for each change that was seen.
CREATE TABLE operator_seen (
    operator BLOB NOT NULL,
    seen_at BIGINT NOT NULL,
    node_key BLOB NOT NULL,
    zone BIGINT NOT NULL,
    stake BIGINT NOT NULL,
    min_stake BIGINT NOT NULL,
    registered_epoch BIGINT NOT NULL,
    PRIMARY KEY (operator, seen_at)
);

-- Questions of an epoch. The commitments are written in the same transaction as the head.
CREATE TABLE epoch_opened (
    epoch BIGINT PRIMARY KEY NOT NULL,
    seed BLOB NOT NULL,
    challenges BIGINT NOT NULL
);
CREATE TABLE epoch_commitment (
    epoch BIGINT NOT NULL,
    commitment BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (epoch, commitment)
);

-- Every request to a node, written before it is sent; done when its answer or its absence is known.
CREATE TABLE exchange (
    id INTEGER PRIMARY KEY NOT NULL,
    epoch BIGINT NOT NULL,
    commitment BLOB NOT NULL,
    chunk BIGINT NOT NULL,
    request TEXT NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    done SMALLINT NOT NULL,
    answer BLOB,
    error TEXT,
    elapsed_ms BIGINT
);
CREATE INDEX exchange_epoch ON exchange (epoch, done, commitment, chunk);

-- Answers that prove something by themselves. The first one stays.
CREATE TABLE finding (
    epoch BIGINT NOT NULL,
    commitment BLOB NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ok', 'loss-declared', 'loss-shown')),
    leaf BLOB,
    path BLOB,
    signature BLOB,
    exchange BIGINT NOT NULL,
    PRIMARY KEY (epoch, commitment, number)
);

-- Roots that were computed or checked here, with the counters behind them.
CREATE TABLE known_root (
    digest BLOB PRIMARY KEY NOT NULL,
    epoch BIGINT NOT NULL,
    body BLOB NOT NULL
);

-- What was thought of each proposal.
CREATE TABLE decision (
    proposal TEXT NOT NULL,
    digest TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    proposer TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('attest', 'refuse')),
    reason TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    reviews BIGINT NOT NULL,
    PRIMARY KEY (proposal, digest)
);
