"""Random walks through the life of cases: what people try, lawful or not, and what must hold whatever they try."""
