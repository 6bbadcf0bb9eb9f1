"""A run's report for people: the page, the summary. Made from the JSON document alone."""
