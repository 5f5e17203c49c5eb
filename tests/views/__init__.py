"""The views, tested as values: words and buttons first, their blocks against Slack's limits."""
