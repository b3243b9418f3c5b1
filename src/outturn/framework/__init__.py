"""What we promised to measure and what would count as good, read from a partnership's files."""

from outturn.framework.folder import read_folder, read_texts
from outturn.framework.model import Measure, Partnership, Target

__all__ = ["Measure", "Partnership", "Target", "read_folder", "read_texts"]
