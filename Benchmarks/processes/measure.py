"""How long whole processes of the command take, start included: measure.py TLKB [rounds].

Every command runs once to fill its store, then `rounds` times in turn with the others, in an empty
folder with a home of its own. Prints a table of milliseconds.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

COMMANDS = [
    ["--version"],
    ["query", "--dataset", "BreakHis", "--metric", "f1"],
    ["check", "--n-positive", "177", "--n-negative", "223", "--accuracy", "0.9833"],
    ["show", "saber-2021"],
    ["contradictions"],
    ["gaps"],
]


def main():
    binary = os.path.realpath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "TLKB_HOME": folder + "/home"}
        times = [[] for _ in COMMANDS]
        for turn in range(-1, rounds):
            for command, kept in zip(COMMANDS, times):
                began = time.perf_counter()
                status = subprocess.run(
                    [binary, *command], stdout=subprocess.DEVNULL, cwd=folder, env=environment
                ).returncode
                if status not in (0, 3):
                    sys.exit(f"{' '.join(command)} ended with {status}")
                if turn >= 0:
                    kept.append(1000 * (time.perf_counter() - began))
    width = max(len(" ".join(command)) for command in COMMANDS)
    print(f"{'tlkb …'.ljust(width)}  median     p95   least  (ms, {rounds} runs each)")
    for command, kept in zip(COMMANDS, times):
        kept.sort()
        p95 = kept[min(len(kept) - 1, round(0.95 * (len(kept) - 1)))]
        print(
            f"{' '.join(command).ljust(width)}  {statistics.median(kept):6.1f}  {p95:6.1f}"
            f"  {kept[0]:6.1f}")


main()
