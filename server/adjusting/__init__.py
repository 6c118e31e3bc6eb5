"""Stock that is more or less than the books say."""
