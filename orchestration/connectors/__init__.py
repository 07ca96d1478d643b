"""The vendors that Tributary reads, one file each; ``stream.py`` is the language they use."""
