"""From sources to a desk at work: package, change set, stack, site. On AWS and on the local engine alike."""


class NotDeployed(RuntimeError):
    """It was not done, or not to the end. The message says why and what to do, for a person."""
