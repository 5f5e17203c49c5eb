"""slipway.yaml, tested as text and files."""
