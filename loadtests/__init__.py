"""The load test: Locust as a library, arrivals by a schedule, a verdict by the objectives.

Modules that import gevent or Locust patch the process they are in: `session` and what only it
imports. All others are plain, so that tests can import them.
"""
