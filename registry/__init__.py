"""Who is connected: registry sets from YAML, keys, the operator's verbs, and the assembly of a hub."""
