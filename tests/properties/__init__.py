"""Properties of costing over random histories, and the naive model that the engine is held against."""
