"""The back office's pages over real requests: what they show, prove, decide and refuse."""
