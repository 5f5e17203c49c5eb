"""Takes an operation as far as it goes now: plan, check again, permit, submit."""
