using System.Diagnostics;
using Multiproc;

namespace WordCount;

/// <summary>What happens to the file that a worker was counting when it died.</summary>
internal enum OnDeath
{
    Retry,
    Skip,
}

/// <summary>The options of the command line.</summary>
internal sealed record JobOptions(int Workers, OnDeath OnDeath, bool KillWorker, bool Insights, bool Verify);

/// <summary>Counts all files, reports the result, and verifies it if wanted.</summary>
internal sealed class Job(IReadOnlyList<string> files, JobOptions options)
{
    private const int TopWords = 20;

    private readonly List<string> _skipped = [];
    private readonly HashSet<int> _counted = [];
    private bool _killed;
    private long _bytes;

    /// <returns>The exit code.</returns>
    public int Run()
    {
        if (files.Count == 0)
        {
            Console.Error.WriteLine("There are no files to count. Give a folder with text files.");
            return 2;
        }

        using var manager = Mp.Manager();
        using var pool = Mp.Pool(options.Workers, Mp.Options.Pool with { MeasureTasks = options.Insights, OnWorkerDeath = Tell });
        var totals = manager.Dictionary<string, long>();
        var clock = Stopwatch.StartNew();
        using (var progress = Mp.ProgressBar("counting"))
        {
            CountAll(pool, new FileCounter(totals), progress);
        }

        clock.Stop();
        var words = totals.Where(static pair => pair.Key[0] != FileCounter.Mark).ToDictionary();
        Report(words, clock.Elapsed);
        if (options.Insights)
        {
            Console.Write(pool.Insights());
        }

        return options.Verify ? Verify(words, clock.Elapsed) : 0;
    }

    /// <summary>Counts all files. A file that is counted again changes nothing, so its task may be run again if its worker died.</summary>
    private void CountAll(ProcessPool pool, FileCounter counter, IProgress<PoolProgress> progress)
    {
        var task = new TaskOptions { Idempotent = options.OnDeath == OnDeath.Retry };
        using var results = pool.ImapUnordered(
            counter.Count, Enumerable.Range(0, files.Count).Select(index => (index, files[index])), progress: progress, options: task);
        while (TryNext(results, counter))
        {
            if (options.KillWorker && !_killed && _counted.Count >= files.Count / 3)
            {
                _killed = true;
                Kill(pool.WorkerPids[0]);
            }
        }
    }

    private bool TryNext(PoolResults<FileResult> results, FileCounter counter)
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
                Add(result);
            }
        }
        catch (WorkerDiedException death)
        {
            GiveUp(counter, (int)death.TaskIndex);
        }

        return true;
    }

    private void Add(FileResult result)
    {
        _counted.Add(result.Index);
        _bytes += result.Bytes;
    }

    private void GiveUp(FileCounter counter, int index)
    {
        if (counter.GiveUp(index))
        {
            Skip(index, "its worker died");
        }
        else
        {
            Add(new FileResult(index, new FileInfo(files[index]).Length, null));
        }
    }

    private void Tell(WorkerDeath death) => Console.Error.WriteLine(
        $"worker {death.Pid} "
            + $"died{(death.TaskIndex is { } index ? $" while it counted {files[(int)index]}" : "")}"
            + $"{(death.TaskIndex is not null && options.OnDeath == OnDeath.Retry ? ", which is counted again" : "")}");

    private static void Kill(int pid)
    {
        using var worker = Process.GetProcessById(pid);
        worker.Kill();
        Console.Error.WriteLine($"killed worker {pid}, as requested");
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
        Console.WriteLine(
            $"{_bytes / 1e6:N1} MB in {elapsed.TotalSeconds:0.00} s with {options.Workers} processes: {_bytes / 1e6 / elapsed.TotalSeconds:N1} MB/s");
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

        Console.WriteLine(
            $"one process: {clock.Elapsed.TotalSeconds:0.00} s, so the pool is {clock.Elapsed / parallel:0.00} times as fast; {differences.Count} differences");
        return differences.Count == 0 ? 0 : 1;
    }
}
