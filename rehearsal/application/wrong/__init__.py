"""How the application is wrong where more than one answer of it is; a good image has none of it."""
