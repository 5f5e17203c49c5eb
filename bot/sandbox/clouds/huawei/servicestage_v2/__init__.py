"""ServiceStage v2: applications, components, instances."""
