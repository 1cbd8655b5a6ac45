"""The side inside the sandbox: standard library only, sent to it when it starts.

`main` is PID 1 and serves the host; `zygote` holds a warm interpreter that forks; `child` becomes
the program. Nothing of a tenant is ever in the memory of the first two, but in passing.
"""
