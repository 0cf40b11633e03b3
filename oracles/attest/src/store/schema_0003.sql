-- Active stake beside the one that a slash goes by. Of what was seen before all is taken for active;
-- where it was not, the next look notes another state.
ALTER TABLE operator_seen ADD COLUMN active_stake BIGINT NOT NULL DEFAULT 0;
UPDATE operator_seen SET active_stake = stake;
