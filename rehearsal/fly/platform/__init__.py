"""The platform behind the stand-in flyctl: apps, their machines and the proxy before them."""
