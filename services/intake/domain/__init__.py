"""What intake knows of languages, messages and people; pure."""
