"""How the demo company comes about: one module per part, called in order by ``generator``."""
