"""The longer ways through the application, walked side by side while short checks run."""
