"""Matching: the directory of offers, the decision on each need, and the gaps that unmet needs make."""
