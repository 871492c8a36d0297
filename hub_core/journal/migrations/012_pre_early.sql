-- Who let a file be written before its time, and why; NULL: nobody did.
ALTER TABLE filed ADD COLUMN actor TEXT;
ALTER TABLE filed ADD COLUMN reason TEXT;
