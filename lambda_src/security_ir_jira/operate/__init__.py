"""What is asked for by hand: the doctor, resync, backfill. Reads everything, writes neither Jira nor any case."""
