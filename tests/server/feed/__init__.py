"""The feed: no reader ever skips a change, whoever commits late."""
