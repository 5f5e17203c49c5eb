"""What the systems that drive Helm releases share: values, and what is a secret in them."""
