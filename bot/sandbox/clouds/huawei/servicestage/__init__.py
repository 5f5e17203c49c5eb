"""What both versions of ServiceStage share."""
