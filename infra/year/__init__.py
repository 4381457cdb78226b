"""A year of a city of three levels, made from published figures: loaded, swept and scored on a local AWS of its own."""
