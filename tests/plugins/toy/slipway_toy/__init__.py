"""Toys, as one more cloud API for Slipway."""

from slipway_toy.system import Toys

__all__ = ["SYSTEM"]

SYSTEM = Toys()
