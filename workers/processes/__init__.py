"""The processes of a host: supervisor, RQ workers, and how they end."""
