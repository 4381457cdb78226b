"""Steps by which what older releases stored becomes what this one writes: docs/decisions/0030."""
