"""What arrives: stored first, then planned and posted in batches, answered with outcomes."""
