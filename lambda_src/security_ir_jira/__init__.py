"""What the functions share, in floors, each knowing only those below.

shell → sinks, sources, operate → ledger, jira, cases (clients) → plan (pure) → memory, events → answers, line → model,
config, errors, ids. Beside them stands `rich_text`, which knows nothing of ours. docs/architecture.md has every room.
"""
