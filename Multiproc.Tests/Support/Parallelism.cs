// Every other test waits for processes, which wait for processors: one more than CI has keeps them busy.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
