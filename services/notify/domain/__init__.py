"""What notify knows and says; pure."""
