"""Crisis-communication readiness for a city district; importing this imports nothing else."""

__version__ = "0.1.0"
