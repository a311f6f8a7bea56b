"""What a project is; pure."""
