-- Active stake beside the one that a slash goes by. What was seen before is taken for active as a
-- whole; where it was not, the next look notes another state.
ALTER TABLE operator_seen ADD COLUMN active_stake BIGINT NOT NULL DEFAULT 0;
UPDATE operator_seen SET active_stake = stake;
