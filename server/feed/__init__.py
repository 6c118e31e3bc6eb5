"""The feed: what changed, numbered by one sequencer, so that no reader can skip a row."""
