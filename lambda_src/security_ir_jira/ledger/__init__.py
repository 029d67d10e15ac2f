"""The DynamoDB table that remembers every pair, and for every comment and file which one on the other side is its copy.

One item a fact, keys ``PK``/``SK``; one Query on ``CASE#<id>`` loads all that is known of a pair, lookups are
GetItem, nothing is ever scanned. Items hold ids, digests and short values, never bodies; only a reservation keeps the
exact request it stands for (packed), until it is bound.

====================================  ===================================================================
``CASE#<caseId>`` / ``PAIR``          reservation or pair: issue, base, what was dressed
``CASE#<caseId>`` / ``COMMENT#<side>#<id>``  the copy of that side's comment on the other side
``CASE#<caseId>`` / ``ATTACHMENT#<side>#<id>``  the copy of that side's file on the other side
``CASE#<caseId>`` / ``NOTICE#<side>#…``      something to say, or said, on that side
``CASE#<caseId>`` / ``WATCHERS``      who was seen watching on each side, and whom the integration added
``CASE#<caseId>`` / ``LEASE``         who works on the pair, and until when
``ISSUE#<issueId or key>`` / ``PAIR``  reservation of a case, or → case id
``CURSOR#<source>`` / ``…``            what a sweep announced, and what others saw since (``SEEN#<caseId>``)
``CURSOR#<source>`` / ``BACKFILL``     how far a backfill is
``BREAKER`` / ``<side>``              a side that is not called for now
``TROUBLE`` / ``<side>#<case or issue id>``  a pair whose work does not get done
====================================  ===================================================================
"""
