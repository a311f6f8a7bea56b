"""Turns the contracts into files: JSON Schemas, an AsyncAPI document, golden examples. Not part of the distribution."""
