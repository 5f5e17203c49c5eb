"""What is in deploy/, held against schemas, parsers and the product itself."""
