"""How issues find their receipts and what they cost. Pure: values in, values out."""
