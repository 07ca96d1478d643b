"""The figures that the docs print of the demo company: written by a command, never by hand.

Belongs here: finding the blocks in the pages, and printing anew what is in them. Does not belong
here: measurements of time and memory (``benchmarks``), and the words around the blocks.
"""
