"""The tasks of a worker as pure state machines."""
