"""A deployed desk's data as one file, encrypted as it lies, and back into a desk."""
