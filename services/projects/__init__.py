"""projects: what is started to fill a gap, or because somebody had an idea."""
