"""Provision, deploy and judge a staging environment that mirrors production."""
