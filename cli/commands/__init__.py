"""One module per command: arguments in, a verb of the desk called, its answer shown."""
