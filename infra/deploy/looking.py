"""A look at a deployed desk from outside: do its pages and its functions answer."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping

TRIES = 4
BETWEEN = 5.0  # seconds: a first call starts the function, a new CDN learns its name
WAITS = 30.0  # seconds


def addresses(outputs: Mapping[str, str], origin: str) -> list[str]:
    """What to look at: page and functions at the CDN's own name, and at the desk's, when that is another."""
    at_cdn = f"https://{outputs['FrontDomain']}" if "FrontDomain" in outputs else outputs["EndpointURL"].rstrip("/")
    looked_at = [f"{at_cdn}/api/health"]
    if "FrontDomain" in outputs:
        looked_at.append(f"{at_cdn}/")
        if origin not in ("", at_cdn):
            looked_at.append(f"{origin}/api/health")
    return looked_at


def faults(looked_at: Iterable[str], between: float = BETWEEN) -> list[str]:
    """Which addresses do not answer 200, each with what it says."""
    return [f"{address}: {wrong}" for address in looked_at if (wrong := _fault(address, between)) is not None]


def _fault(address: str, between: float) -> str | None:
    wrong = None
    for number in range(TRIES):
        if number:
            time.sleep(between)
        try:
            with urllib.request.urlopen(address, timeout=WAITS) as answer:
                wrong = None if answer.status == 200 else f"answers {answer.status}"
        except urllib.error.HTTPError as error:
            wrong = f"answers {error.code}"
        except OSError as error:
            wrong = f"does not answer ({getattr(error, 'reason', error)})"
        if wrong is None:
            return None
    return wrong
