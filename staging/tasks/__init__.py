"""Tasks by what they are about, gathered in tasks.py; and the options that many have."""
