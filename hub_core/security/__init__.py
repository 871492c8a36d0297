"""Keys, secrets, and the masking of personal values."""
