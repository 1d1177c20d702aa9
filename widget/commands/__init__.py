"""The commands, beside those of `cli.py`: each group or command is a file."""
