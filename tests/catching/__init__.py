"""Whether smoke notices every way in which an application can be wrong, and nothing else."""
