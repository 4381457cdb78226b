"""What an office sees of the desk at work: log lines, figures, and to which request each belongs."""
