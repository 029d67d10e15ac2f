"""What the four functions share, in floors, each knowing only those below.

shell → sinks, sources → ledger, jira, cases (clients) → plan (pure) → memory, events → model, config, errors. Beside
them stands `rich_text`, which knows nothing of ours.
"""
