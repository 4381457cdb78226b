"""The whole desk on one machine: the deployed stack on ministack, the site, and one address for all of it."""
