"""Proof that faults lose nothing and double nothing, and that these tests would notice it."""
