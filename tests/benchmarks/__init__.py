"""Benchmarks: what `scanledger bench` runs. Each reports a value and its ratio to a floor of the same run."""
