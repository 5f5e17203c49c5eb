"""What each API of a simulated project holds when it starts, and the choices that are open."""
