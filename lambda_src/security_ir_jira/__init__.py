"""What the four functions share: model, planner, ledger, sources, sinks, and the clients of both systems."""
