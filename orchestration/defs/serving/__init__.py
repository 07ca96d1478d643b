"""The databases that get every published generation."""
