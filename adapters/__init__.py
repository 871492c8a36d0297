"""How bytes travel. Each adapter knows the kit and ``hub_core``, none knows another."""
