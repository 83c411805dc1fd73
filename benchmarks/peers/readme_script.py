"""The example of Multiproc's README in CPython, by spawn: the row script_cold runs it as a whole process."""

import multiprocessing


def greet(count, words):
    with count.get_lock():
        count.value += 1
    words.put(f"hello from {multiprocessing.current_process().name}")


def keep(count):
    global shared_count
    shared_count = count


def square(n):
    with shared_count.get_lock():
        shared_count.value += 1
    return n * n


def main():
    context = multiprocessing.get_context("spawn")
    words = context.Queue()
    count = context.Value("q", 0)
    child = context.Process(target=greet, args=(count, words))
    child.start()
    print(words.get())
    child.join()
    with context.Pool(4, keep, (count,)) as pool:
        squares = pool.map(square, range(100))
        print(f"{sum(squares)}, {count.value} calls")


if __name__ == "__main__":
    main()
