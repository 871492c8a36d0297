-- Until when the process of a run says that it lives. Counts only if it is later than begun_at: an older version leaves that
-- of an earlier run.
ALTER TABLE scheduled_run ADD COLUMN lease_until INTEGER;
