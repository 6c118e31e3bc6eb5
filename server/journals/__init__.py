"""The item journal: what the office and programs post by themselves, and a look at it before it is."""
