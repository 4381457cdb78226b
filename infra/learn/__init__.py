"""Learning from a city's own letters, and measuring what was learnt: see docs/model.md."""
