"""RQ out: what advances operations, asks the clouds and brings Slack up to date."""
