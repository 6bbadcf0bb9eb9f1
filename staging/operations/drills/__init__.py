"""Accidents made on purpose on staging, watched and put back."""
