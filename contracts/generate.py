"""Writes schemas/, examples/, asyncapi.yaml and EVENTS.md from the contracts; `python contracts/generate.py --help` says how."""

from generator.main import main

if __name__ == "__main__":
    main()
