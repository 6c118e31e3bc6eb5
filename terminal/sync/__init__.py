"""How the device and the server exchange what they know: push, pull, and when."""
