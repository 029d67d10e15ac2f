"""How many examples a law is tried with: a thousand, or as many as the profile `soak` says."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

law = settings(
    max_examples=max(settings.default.max_examples, 1_000) if settings.default else 1_000,
    deadline=None,
    suppress_health_check=_UNHURRIED,
)
costly_law = settings(law, max_examples=law.max_examples // 5)
