"""The whole product on one machine without accounts: strict fake clouds, a Slack-like workspace."""
