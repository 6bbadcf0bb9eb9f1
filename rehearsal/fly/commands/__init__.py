"""The stand-in flyctl's commands: read arguments, call the platform, print as flyctl does."""
