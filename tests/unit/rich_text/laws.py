"""How many examples a law is tried with: a thousand, or as many as the profile `soak` says."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

law = settings(
    max_examples=max(1_000, settings().max_examples), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
costly_law = settings(law, max_examples=law.max_examples // 5)
