"""The workers of the sample: plain Python, which knows nothing of C#. The arguments are proxies of multiprocessing.managers."""
import os
import re


def count(lines, counts, gate):
    """Takes lines from a queue until None comes, and adds the lengths of their words up in a dict. Returns its pid and the number of lines."""
    done = 0
    while True:
        line = lines.get()
        if line is None:
            lines.task_done()
            return os.getpid(), done
        own = {}
        for word in re.findall(r'\w+', line):
            own[len(word)] = own.get(len(word), 0) + 1
        with gate:
            for length, number in own.items():
                counts[length] = counts.get(length, 0) + number
        done += 1
        lines.task_done()
