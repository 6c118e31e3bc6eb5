"""Database migrations, run by `scanledger` itself before it serves."""
