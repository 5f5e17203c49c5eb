"""One module for each version of the schema; each stays as it was released."""
