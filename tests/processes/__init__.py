"""The whole product as real processes, which are killed, stopped and starved at chosen moments."""
