"""A strict Cloudpods installation: identity service and kubeserver."""
