"""The commands of ``tributary``, one file each: what they do and show."""
