"""The image that programs run in, and the system calls that they may make."""
