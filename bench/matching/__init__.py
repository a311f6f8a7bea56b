"""How long a need takes against directories of growing size, and what an offer costs in memory."""
