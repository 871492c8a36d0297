-- The newest messages of one endpoint, however many others came meanwhile.
CREATE INDEX message_endpoint ON message (endpoint, seq);
