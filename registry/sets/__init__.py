"""Registry sets: read from YAML, checked as a whole, compared, and kept by number."""
