"""Requests that nobody thought of, made from the OpenAPI document: `python -m smoke.fuzz`."""
