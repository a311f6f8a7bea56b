"""Reading directories that others keep: JSON Lines of our own, and Open Referral HSDS 3.0."""

from .entry import Broken, Entry, Reading
from .hsds import read_hsds
from .jsonl import read_json_lines

__all__ = ["Broken", "Entry", "Reading", "read_hsds", "read_json_lines"]
