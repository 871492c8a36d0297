"""What the adapters share: the HTTP front, the HTTP client, problems, contracts, and finding adapters."""
