"""notify: what people are told, in their language."""
