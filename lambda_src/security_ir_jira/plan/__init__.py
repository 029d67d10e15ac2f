"""What to do, as pure functions of what is seen, what is remembered and the configuration: no clock, no network."""
