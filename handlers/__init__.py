"""Slack in: check what arrives, hand it to the service, answer. No decisions here."""
