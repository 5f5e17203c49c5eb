"""The parts that composition puts together."""
