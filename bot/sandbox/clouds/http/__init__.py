"""What every simulated cloud is served by: requests, routes, deliveries, faults, a ledger."""
