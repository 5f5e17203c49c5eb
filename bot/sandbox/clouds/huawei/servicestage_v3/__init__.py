"""ServiceStage v3: components, their records and actions."""
