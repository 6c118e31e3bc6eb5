"""What a person runs now and then beside the product."""
