"""What the device keeps: queue.db, which must survive anything, and ref.db, which can be fetched again."""
