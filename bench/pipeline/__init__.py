"""How fast events go through two services with the guarantee, beside what others do without it."""
