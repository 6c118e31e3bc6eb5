"""A ready company to try: a real wholesaler's year, and what turns it into transactions."""
