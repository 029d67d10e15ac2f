"""All benchmarks, one after the other: ``python -m tests.bench PYTHON DIST`` (`make bench`)."""

from __future__ import annotations

import sys

from . import calls, cold_start, connections, long_issues

cold_start.main(*sys.argv[1:3])
connections.main()
calls.main()
long_issues.main()
