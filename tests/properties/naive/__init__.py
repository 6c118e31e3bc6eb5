"""An inventory costing model written apart from the engine: slow, simple, from the rules alone.

Always holds: amounts and quantities are fractions (exact), base units, negative for issues; nothing here
knows the server. Quantities are kept step by step; what an adjustment finds is computed from scratch, by
definition, over all entries, again and again until nothing changes.
"""
