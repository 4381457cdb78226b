"""An office's own lists, as spreadsheets have them, made into the files of its city."""
