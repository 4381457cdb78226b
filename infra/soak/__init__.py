"""The soak: a city's desk under load while functions are killed, messages doubled and the database cut off.

``plan`` says by a seed what goes wrong, ``proxy`` does it on the wire, ``citizens``, ``handlers`` and ``agencies`` work
meanwhile, ``draining`` waits until all is quiet, and ``judging`` reads the table.
"""
