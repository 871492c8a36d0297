-- Where a mapping of ours made no document for the partner: its rule as file:line, or the mapping.
ALTER TABLE delivery ADD COLUMN rule TEXT NOT NULL DEFAULT '';
