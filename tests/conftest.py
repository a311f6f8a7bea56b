"""Every test may ask for a real bus and a real store."""

pytest_plugins = ["tests.kit.infra", "tests.kit.channels.plugin", "tests.kit.copies"]
