"""What goes through Redis: all of it can be rebuilt from the journal."""
