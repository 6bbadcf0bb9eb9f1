"""Rows that nobody ever had: made from a table's declaration, its profile and a seed."""
