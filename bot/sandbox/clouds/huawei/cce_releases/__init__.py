"""CCE's Helm releases and charts."""
