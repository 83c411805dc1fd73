using System.Diagnostics;
using Multiproc;

namespace WordCount;

/// <summary>What happens to the file that a worker was counting when it died.</summary>
internal enum OnDeath
{
    Retry,
    Skip,
}

/// <summary>The whole job: counts, reports, verifies.</summary>
internal sealed class Job(IReadOnlyList<string> files, int workers, OnDeath onDeath, bool killWorker)
{
    private const int MaxAttempts = 3;
    private const int TopWords = 20;

    private readonly List<string> _skipped = [];
    private readonly HashSet<int> _counted = [];
    private bool _killed;
    private long _bytes;

    /// <returns>The exit code.</returns>
    public int Run(bool verify)
    {
        if (files.Count == 0)
        {
            Console.Error.WriteLine("There are no files to count. Name a folder with text files.");
            return 2;
        }

        using var manager = Mp.Manager();
        using var pool = Mp.Pool(workers);
        var totals = manager.Dictionary<string, long>();
        using var filesDone = Mp.Value(0L);
        using var bytesDone = Mp.Value(0L);
        var clock = Stopwatch.StartNew();
        using (var display = ProgressDisplay.Start(files.Count, filesDone, bytesDone))
        {
            CountAll(pool, new FileCounter(totals, filesDone, bytesDone));
        }

        clock.Stop();
        var words = totals.Where(static pair => pair.Key[0] != FileCounter.Mark).ToDictionary();
        Report(words, clock.Elapsed);
        return verify ? Verify(words, clock.Elapsed) : 0;
    }

    private void CountAll(ProcessPool pool, FileCounter counter)
    {
        var pending = Enumerable.Range(0, files.Count).ToList();
        for (int attempt = 1; pending.Count > 0; attempt++)
        {
            var lost = new List<int>();
            using var results = pool.ImapUnordered(counter.Count, pending.Select(index => (index, files[index])));
            while (TryNext(results, pending, lost))
            {
                if (killWorker && !_killed && _counted.Count >= files.Count / 3)
                {
                    _killed = true;
                    Kill(pool.WorkerPids[0]);
                }
            }

            if (onDeath == OnDeath.Skip || attempt == MaxAttempts)
            {
                lost.ForEach(index => GiveUp(counter, index));
                return;
            }

            pending = lost;
        }
    }

    private bool TryNext(PoolResults<FileResult> results, List<int> pending, List<int> lost)
    {
        try
        {
            if (!results.MoveNext())
            {
                return false;
            }

            var result = results.Current;
            if (result.Error is { } error)
            {
                Skip(result.Index, error);
            }
            else
            {
                _counted.Add(result.Index);
                _bytes += result.Bytes;
            }
        }
        catch (WorkerDiedException death)
        {
            int index = pending[(int)death.TaskIndex];
            lost.Add(index);
            Console.Error.WriteLine($"{files[index]}: worker {death.Pid} died while it counted this file{(onDeath == OnDeath.Retry ? "; it is counted again" : "")}.");
        }

        return true;
    }

    private void GiveUp(FileCounter counter, int index)
    {
        if (counter.GiveUp(index))
        {
            Skip(index, "its worker died");
        }
        else
        {
            _counted.Add(index);
        }
    }

    private static void Kill(int pid)
    {
        using var worker = Process.GetProcessById(pid);
        worker.Kill();
        Console.Error.WriteLine($"killed worker {pid}, as told");
    }

    private void Skip(int index, string reason)
    {
        _skipped.Add(files[index]);
        Console.Error.WriteLine($"{files[index]}: skipped ({reason})");
    }

    private void Report(Dictionary<string, long> words, TimeSpan elapsed)
    {
        foreach (var (word, count) in words.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Take(TopWords))
        {
            Console.WriteLine($"{count,12:N0}  {word}");
        }

        Console.WriteLine($"{words.Values.Sum():N0} words ({words.Count:N0} different) in {_counted.Count:N0} files, {_skipped.Count:N0} skipped");
        Console.WriteLine($"{_bytes / 1e6:N1} MB in {elapsed.TotalSeconds:0.00} s with {workers} processes: {_bytes / 1e6 / elapsed.TotalSeconds:N1} MB/s");
    }

    private int Verify(Dictionary<string, long> words, TimeSpan parallel)
    {
        var clock = Stopwatch.StartNew();
        var expected = new Dictionary<string, long>();
        foreach (int index in _counted)
        {
            foreach (var (word, count) in Words.Count(Words.Read(files[index])))
            {
                expected[word] = expected.GetValueOrDefault(word) + count;
            }
        }

        var differences = expected.Keys.Union(words.Keys).Where(word => expected.GetValueOrDefault(word) != words.GetValueOrDefault(word)).ToList();
        foreach (string word in differences.Take(TopWords))
        {
            Console.Error.WriteLine($"'{word}': {words.GetValueOrDefault(word)} counted by the pool, {expected.GetValueOrDefault(word)} by one process");
        }

        Console.WriteLine($"one process: {clock.Elapsed.TotalSeconds:0.00} s, so the pool is {clock.Elapsed / parallel:0.00} times as fast; {differences.Count} differences");
        return differences.Count == 0 ? 0 : 1;
    }
}
