"""Tributary: the open marketing-attribution warehouse."""
