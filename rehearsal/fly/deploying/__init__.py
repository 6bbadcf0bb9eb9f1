"""A deploy as flyctl conducts it: from the client, so that it can be cut off half-way."""
