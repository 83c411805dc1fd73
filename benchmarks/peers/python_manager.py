"""A manager of CPython, and a client that measures whatever manager is at an address.

    python_manager.py serve SOCKET KEY
    python_manager.py measure SOCKET KEY SECONDS
"""
import json
import multiprocessing
import sys
import time
from multiprocessing.managers import SyncManager


def calls(step, seconds):
    """Calls per second of a step, which is warmed up first."""
    for _ in range(200):
        step()
    begun = time.perf_counter()
    done = 0
    while time.perf_counter() - begun < seconds:
        for _ in range(50):
            step()
        done += 50
    return done / (time.perf_counter() - begun)


def connected(address, key):
    multiprocessing.current_process().authkey = key
    manager = SyncManager(address, authkey=key)
    manager.connect()
    return manager


def steps(manager):
    entries = manager.dict({str(i): i for i in range(100)})
    items = manager.list(range(100))
    queue = manager.Queue()
    lock = manager.Lock()
    value = manager.Value('i', 0)

    def put_get():
        queue.put(1)
        queue.get()

    def with_lock():
        with lock:
            pass

    return {
        'dict get': lambda: entries['50'],
        'dict set': lambda: entries.__setitem__('50', 1),
        'list get': lambda: items[50],
        'value get': lambda: value.value,
        'queue put and get': put_get,
        'lock acquire and release': with_lock,
    }


def one_of_several(address, key, seconds, results, entries):
    multiprocessing.current_process().authkey = key
    results.put(calls(lambda: entries['50'], seconds))


def measure(address, key, seconds):
    manager = connected(address, key)
    found = {name: calls(step, seconds) for name, step in steps(manager).items()}
    begun = time.perf_counter()
    for _ in range(100):
        manager.Lock()
    found['make a lock'] = 100 / (time.perf_counter() - begun)
    context = multiprocessing.get_context('fork')
    results = context.Queue()
    entries = manager.dict({str(i): i for i in range(100)})
    children = [context.Process(target=one_of_several, args=(address, key, seconds, results, entries)) for _ in range(4)]
    for child in children:
        child.start()
    found['dict get, 4 processes'] = sum(results.get() for _ in children)
    for child in children:
        child.join()
    print(json.dumps(found))


if __name__ == '__main__':
    address, key = sys.argv[2], bytes.fromhex(sys.argv[3])
    if sys.argv[1] == 'serve':
        server = SyncManager(address, authkey=key).get_server()
        print(server.address, flush=True)
        server.serve_forever()
    else:
        measure(address, key, float(sys.argv[4]))
