"""What the command `zkinfer-verify` calls: whoever interrupts it while it is being read sees no trace of it."""


def main() -> int:
    """Run the command; return its exit code, or 130, as shells do, where it is interrupted before it works."""
    try:
        from zkinfer_verify.cli import main as run

        return run()
    except KeyboardInterrupt:
        return 130
