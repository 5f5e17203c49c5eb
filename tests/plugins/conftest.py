"""The toy's own tests are run where it is installed."""

collect_ignore = ["toy"]
