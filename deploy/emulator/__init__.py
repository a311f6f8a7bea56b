"""Stand-ins for providers, so that the real channel code can be run without them."""
