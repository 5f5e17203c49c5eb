"""Cloudpods as a vendor: its connections, its logins, its error bodies; no system of its own."""
