"""What writes: one run for both sides, with the hand of the system it writes and a reader of the other."""
