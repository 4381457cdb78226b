"""Yesterday's letters through today's rules: lights, supervision and scores before a rule is adopted."""
