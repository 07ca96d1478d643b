"""What the commands of ``tributary`` do and show, one file each."""
