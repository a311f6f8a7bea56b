"""The read model and what a request may say; pure."""
