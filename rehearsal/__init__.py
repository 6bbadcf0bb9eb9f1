"""A local world with real parts, in which the whole tool runs without an account."""
