-- What the partner said of a file that it got: when its reply was read, and its result in the hub's words.
ALTER TABLE filed ADD COLUMN answered_at INTEGER;
ALTER TABLE filed ADD COLUMN answer TEXT NOT NULL DEFAULT '';
