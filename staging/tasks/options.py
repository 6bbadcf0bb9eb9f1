"""What many tasks can be told."""

JSON = {"json": "Print the result as one JSON document."}
MARKDOWN = {"markdown": "Print the result as Markdown, for a pull request."}
ENVIRONMENT = {"environment": "A preview such as pr-123 (or STAGING_ENVIRONMENT); else staging."}
