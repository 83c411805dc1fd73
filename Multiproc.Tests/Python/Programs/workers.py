"""The half of a random program that runs in Python: see RandomProgram.cs."""
import queue


def work(name, counts_tasks, jobs, results, tally, gate, total, permits, stop):
    """Takes items until it is told to stop, and returns how many it did."""
    done = 0
    while True:
        try:
            item = jobs.get(True, 0.05)
        except queue.Empty:
            if stop.is_set():
                return done
            continue
        with permits:
            with gate:
                total.set(total.get() + 1)
        done += 1
        tally[name] = done
        results[item] = name
        if counts_tasks:
            jobs.task_done()
