"""Keeping personal data out of what others read: hashing fields and redacting text."""
