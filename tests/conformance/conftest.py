"""Makes `conformance.vectors` and the checks importable, as docs/generate_statistics.py does."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
