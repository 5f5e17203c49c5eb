"""The one client of the cloud APIs: credentials, limits, one call, and what its answer proves."""
