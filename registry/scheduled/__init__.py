"""What the hub does by itself at its times: its jobs, the lists that it fetches, the contracts that it watches."""
