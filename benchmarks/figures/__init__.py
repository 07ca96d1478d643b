"""The demo company's figures in the docs: written by a command, never by hand.

Belongs here: finding the blocks in the pages, and regenerating their contents. Does not belong
here: measurements of time and memory (``benchmarks``), and the text around the blocks.
"""
