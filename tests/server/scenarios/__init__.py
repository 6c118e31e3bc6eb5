"""Reading and running scenario files, by small scenarios of their own."""
