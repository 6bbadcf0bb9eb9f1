"""What is behind the requests: the application, its machines, its database, once a second.

`python -m loadtests.resources` looks, in a process of its own: looking must not hold the load up.
`observer` starts it and hears it; `series` and `explanation` make figures of what it saw.
"""
