"""How Anlaufstelle is run: on one machine (local), in containers (compose), and what both are made of."""
