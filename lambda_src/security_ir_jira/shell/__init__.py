"""What surrounds each function's own work: its queue, and how it is put together."""
