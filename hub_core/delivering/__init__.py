"""How messages leave: attempts, retries, and gates that spare partners what they cannot bear."""
