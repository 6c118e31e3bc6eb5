"""What the PWA adds to the app, and the build that puts both together. Nothing here runs on the phone."""
