"""Documents that a contract allows, drawn for the laws of mappings."""
