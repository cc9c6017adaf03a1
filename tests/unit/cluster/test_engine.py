"""Engines: results in order, another try for what failed, a word for what failed every time, workers that die."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dask_cluster import cluster
from gonedark.cluster.engine import Engine, EngineError, Local, Lost, OnDask, Processes, at_hand, engine_for

TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class Task:
    """Squares ``number``; ``notes`` is a folder where tries are noted, ``fail`` how many of them fail, and how."""

    number: int
    notes: str = ""
    fail: int = 0
    how: str = "raise"


def square(task: Task) -> int:
    if task.fail and tries(task) < task.fail:
        Path(task.notes, f"{task.number}-{time.time_ns()}").write_text("")
        if task.how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError(f"no luck\nwith {task.number}")
    return task.number**2


def note(task: Task) -> int:
    """Notes that it is begun; all but the first take long."""
    Path(task.notes, str(task.number)).write_text("")
    time.sleep(10 if task.number else 0)
    return task.number


def tries(task: Task) -> int:
    return len(list(Path(task.notes).glob(f"{task.number}-*")))


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("dask"), TESTS, TESTS / "unit" / "cluster") as running:
        yield running.address


@pytest.fixture(params=["local", "processes", "dask"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "dask":
        return OnDask(request.getfixturevalue("scheduler"))
    return {"local": Local(), "processes": Processes(2)}[request.param]


def test_results_come_in_the_order_of_the_tasks(engine: Engine) -> None:
    heard: list[int] = []
    assert engine.run(square, [Task(number) for number in (3, 1, 2, 1)], heard.append) == [9, 1, 4, 1]
    assert sorted(heard) == [0, 1, 2, 3]


def test_no_tasks(engine: Engine) -> None:
    assert engine.run(square, []) == []


def test_what_fails_is_tried_again(engine: Engine, tmp_path: Path) -> None:
    tasks = [Task(1), Task(2, str(tmp_path), 2), Task(3)]
    assert engine.run(square, tasks) == [1, 4, 9]


def test_what_fails_every_time_is_lost_and_the_others_stand(engine: Engine, tmp_path: Path) -> None:
    tasks = [Task(1), Task(2, str(tmp_path), 99), Task(3)]
    assert engine.run(square, tasks) == [1, Lost("no luck with 2"), 9]
    assert tries(tasks[1]) == 3


def test_a_process_that_dies_takes_no_result_with_it(tmp_path: Path) -> None:
    tasks = [Task(1), Task(2, str(tmp_path), 1, "die"), Task(3), Task(4)]
    assert Processes(2).run(square, tasks) == [1, 4, 9, 16]


def test_a_task_that_always_kills_its_process_is_lost(tmp_path: Path) -> None:
    tasks = [Task(1), Task(2, str(tmp_path), 99, "die"), Task(3)]
    assert Processes(2).run(square, tasks) == [1, Lost("the process that worked on it died"), 9]


def test_a_dask_worker_that_dies_takes_no_result_with_it(scheduler: str, tmp_path: Path) -> None:
    tasks = [Task(number) for number in range(5)] + [Task(7, str(tmp_path), 1, "die")]
    assert OnDask(scheduler).run(square, tasks) == [0, 1, 4, 9, 16, 49]


@pytest.mark.parametrize(
    "name", ["", "threads", "processes:0", "processes:x", "processes:", "dask", "dask://", "dask:x"]
)
def test_engines_that_do_not_exist(name: str) -> None:
    with pytest.raises(EngineError, match="is not an engine"):
        engine_for(name)


def test_engines_by_name() -> None:
    assert engine_for("local") == Local()
    assert engine_for("processes:3") == Processes(3)
    assert engine_for("dask://10.0.0.1:8786") == OnDask("10.0.0.1:8786")


def test_nothing_is_begun_once_nobody_listens(tmp_path: Path) -> None:
    outcomes = Processes(1).each(note, [Task(number, str(tmp_path)) for number in range(6)])
    assert next(outcomes) == (0, 0)
    assert isinstance(outcomes, Generator)
    outcomes.close()
    begun = {path.name for path in tmp_path.iterdir()}
    assert {"0"} <= begun <= {"0", "1"}


def linger(task: Task) -> int:
    Path(task.notes, str(os.getpid())).write_text("")
    time.sleep(600)
    return task.number


def at_work(notes: Path) -> int:
    """The process that lingers, once it does."""
    for _ in range(6000):
        if found := [int(path.name) for path in notes.iterdir() if path.name.isdigit()]:
            return found[0]
        time.sleep(0.01)
    raise AssertionError("nobody works")


def is_over(process: int) -> bool:
    """Whether the process ends within a minute; one that nobody has waited for yet is over too."""
    for _ in range(6000):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_nobody_waits_for_work_that_is_not_wanted_any_more(tmp_path: Path) -> None:
    outcomes = Processes(2).each(linger_or_square, [Task(1, str(tmp_path)), Task(2, str(tmp_path))])
    assert next(outcomes) == (1, 4)
    assert isinstance(outcomes, Generator)
    outcomes.close()
    assert is_over(at_work(tmp_path))


def linger_or_square(task: Task) -> int:
    """An odd task lingers, an even one is done once another lingers."""
    if task.number % 2:
        return linger(task)
    at_work(Path(task.notes))
    return square(task)


def test_processes_end_with_the_one_that_wanted_their_work(tmp_path: Path) -> None:
    program = (
        "from test_engine import Processes, Task, linger\n"
        f"if __name__ == '__main__': list(Processes(1).each(linger, [Task(1, {str(tmp_path)!r})]))\n"
    )
    script = tmp_path / "wanting.py"
    script.write_text(program)
    paths = os.pathsep.join([str(TESTS), str(TESTS / "unit" / "cluster"), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": paths}) as wanting:
        worker = at_work(tmp_path)
        wanting.kill()
    assert is_over(worker)


def test_what_lies_here_is_worked_on_here() -> None:
    assert at_hand(Local()) == Local()
    assert at_hand(Processes(3)) == Processes(3)
    beside = Processes(2) if (os.cpu_count() or 1) > 1 else Local()
    assert at_hand(None) == at_hand(OnDask("10.0.0.1:8786")) == beside
