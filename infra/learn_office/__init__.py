"""What an office does with what its clerks decided: take the letters out, and put a model to work. docs/learning.md."""
