"""The ways in which people write: one file a channel. Start reading in `base.py`, then `console.py`, the smallest one."""
