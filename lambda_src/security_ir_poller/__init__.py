"""The source on the case's side: native events and the case sweep become events on the bus."""
