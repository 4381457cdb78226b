"""A cold start loads what its request needs and nothing else, and nothing of the desk is missing for it."""

import subprocess
import sys

from app import app
from chalicelib.entrypoints.api import WINGS
from chalicelib.entrypoints.wings import claims
from infra.package import ROOT

LOADED = """
import sys, types
def loaded():
    return {name for name, module in list(sys.modules.items()) if type(module) is types.ModuleType}
"""


def run(program: str) -> list[str]:
    """What a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED + program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return done.stdout.split()


def test_a_queues_or_a_schedules_start_loads_no_route() -> None:
    rooms = "print(*[name for name in loaded() if name.startswith('chalicelib.entrypoints.')])"
    assert set(run(f"import app; {rooms}")) <= {
        "chalicelib.entrypoints.answers",
        "chalicelib.entrypoints.api",
        "chalicelib.entrypoints.console",  # a package, and nothing in it
        "chalicelib.entrypoints.guarded",
        "chalicelib.entrypoints.queues",
        "chalicelib.entrypoints.watching",
        "chalicelib.entrypoints.wings",
    }


def test_a_citizens_first_request_loads_nothing_of_the_console() -> None:
    program = "import app; app.app.routes['/api/submissions']; print(*loaded())"
    loaded = run(program)
    assert "chalicelib.entrypoints.intake" in loaded
    assert not [name for name in loaded if name.startswith("chalicelib.entrypoints.console.")]


def test_a_module_is_never_loaded_twice_whichever_way_it_is_first_asked_for() -> None:
    program = """
import app, importlib
visits = importlib.import_module("chalicelib.entrypoints.console.visits")
from chalicelib.entrypoints.console import exams
print(exams.seated.__globals__ is vars(visits))
"""
    assert run(program) == ["True"]


def test_a_module_is_loaded_by_its_first_use_and_stays_one_module() -> None:
    program = """
from chalicelib.desk import reporting
asleep = "chalicelib.desk.reporting" not in loaded()
from chalicelib.desk.reporting import close_months
print(asleep, "chalicelib.desk.reporting" in loaded(), reporting.close_months is close_months)
"""
    assert run(program) == ["True", "True", "True"]


def test_a_module_that_cannot_be_loaded_says_why_each_time_it_is_used() -> None:
    program = """
from chalicelib import city
from chalicelib.desk import cities
import chalicelib.config
sys.modules["chalicelib.city"] = None
for _ in range(2):
    try:
        cities.current
    except ImportError as error:
        print(type(error).__name__)
del sys.modules["chalicelib.city"]
print(callable(cities.current))
"""
    assert run(program) == ["ModuleNotFoundError", "ModuleNotFoundError", "True"]


def test_two_threads_that_ask_at_once_both_get_the_whole_module() -> None:
    program = """
import threading
from chalicelib.desk import working
found = []
threads = [threading.Thread(target=lambda: found.append(working.find)) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(found))
"""
    assert run(program) == ["8"]


def test_each_path_of_the_api_but_its_document_is_claimed_by_one_part() -> None:
    for path in [path for path in app.routes if path.startswith("/api/")]:
        assert len([names for names in WINGS if claims(names, path)]) == 1, path


def test_a_path_that_no_wing_claims_opens_them_all_before_it_is_said_not_to_be_there() -> None:
    program = """
import app
print("/api/nowhere" in app.app.routes, "/openapi.json" in app.app.routes, len(app.app.routes) > 150)
print("chalicelib.entrypoints.console.queue" in loaded())
"""
    assert run(program) == ["False", "True", "True", "True"]
