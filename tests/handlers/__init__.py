"""What holds for what arrives from Slack."""
