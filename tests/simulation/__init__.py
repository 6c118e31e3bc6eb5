"""A warehouse in one process: devices and server driven by one seeded chance, every fault injected.

Clock, network, disk and chance are the simulator's; everything between them is the product's own code. The
simulator knows where each piece really is. A failing seed replays alone: `make simulate SEED=n`.
"""
