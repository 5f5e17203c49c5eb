"""CCE's clusters and the calls that upgrade them."""
