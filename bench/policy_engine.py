"""What one verdict costs, measured against decoding the same facts with `json.loads`, in one run.

    python bench/policy_engine.py

Prints the median over interleaved rounds, and ends with status 1 when reading and judging together take more
than twenty times as long as decoding.
"""

import json
import statistics
import sys
import timeit
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from requests_app.policy import evaluate, parse_facts, parse_line, versions  # noqa: E402  the path comes first

ROUNDS = 15
PASSES = 20
MOST_TIMES_DECODING = 20


def main() -> int:
    scenarios = json.loads((ROOT / "tests" / "policy" / "scenarios.json").read_text())
    lines = [json.dumps(scenario["facts"]).encode() for scenario in scenarios]
    objects = [scenario["facts"] for scenario in scenarios]
    facts = [parse_facts(one) for one in objects]
    tasks: dict[str, Callable[[], object]] = {"json.loads": lambda: [json.loads(line) for line in lines]}
    tasks["parse_facts"] = lambda: [parse_facts(one) for one in objects]
    for version in versions():
        tasks[f"evaluate {version}"] = lambda version=version: [evaluate(one, version) for one in facts]
    tasks["parse_facts + evaluate"] = lambda: [evaluate(parse_facts(one)) for one in objects]
    tasks["parse_line + evaluate"] = lambda: [evaluate(parse_line(line)) for line in lines]
    tasks["line in, line out"] = lambda: [json.dumps(evaluate(parse_line(line)).as_dict()) for line in lines]
    medians = measure(tasks)
    decoding = medians["json.loads"]
    for name, seconds in medians.items():
        microseconds = seconds / len(lines) / PASSES * 1e6
        print(f"{name:32} {microseconds:8.1f} µs {seconds / decoding:6.1f} times json.loads")
    return 0 if medians["parse_line + evaluate"] <= MOST_TIMES_DECODING * decoding else 1


def measure(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median time of each task; the rounds are taken in turn, so that a busy machine slows all alike."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            times[name].append(timeit.timeit(task, number=PASSES))
    return {name: statistics.median(found) for name, found in times.items()}


if __name__ == "__main__":
    sys.exit(main())
