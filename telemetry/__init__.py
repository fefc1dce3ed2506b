"""What the processes of the service tell a tracing collector. For both environments; imports nothing else of ours."""
