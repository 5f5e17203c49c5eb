"""What the vendors' documents show, line by line, and what Slipway makes of it."""
