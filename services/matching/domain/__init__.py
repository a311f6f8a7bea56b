"""What matching decides, as pure functions of needs and offers."""
