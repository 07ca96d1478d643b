"""Keeping people out of what others read: hashes of personal fields, and text without people."""
