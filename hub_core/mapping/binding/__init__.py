"""Names looked up: fields of the model, codecs, code lists, blocks; what comes out is a plan."""
