"""The handlers' console: one Blueprint a room, all under /console."""
