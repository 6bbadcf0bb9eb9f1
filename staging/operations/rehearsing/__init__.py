"""Migrations tried before production sees them: traced, broken half way, judged."""
