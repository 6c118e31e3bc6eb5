"""Who may do what: people, devices, sessions, permissions, audit."""
