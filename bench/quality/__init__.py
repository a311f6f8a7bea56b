"""How well messages are understood and offers found: `evaluate` measures, `python -m bench.quality` compares."""
