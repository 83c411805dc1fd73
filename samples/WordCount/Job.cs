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
internal sealed record JobOptions(int Workers, OnDeath OnDeath, bool KillWorker, bool Insights, bool Verify, bool Serial);

/// <summary>Counts all files, reports the result, and verifies it if wanted.</summary>
internal sealed class Job(IReadOnlyList<string> files, JobOptions options)
{
    private const int TopWords = 20;

    private bool _killed;
    private TimeSpan _start;

    /// <returns>The exit code.</returns>
    public int Run()
    {
        if (files.Count == 0)
        {
            Console.Error.WriteLine("There are no files to count. Give a folder with text files.");
            return 2;
        }

        var clock = Stopwatch.StartNew();
        var tally = options.Serial ? CountHere() : CountAll();
        clock.Stop();
        Report(tally, clock.Elapsed);
        return options.Verify ? Verify(tally, clock.Elapsed) : 0;
    }

    /// <summary>
    /// Counts with a pool. The workers add up what they count, and only their sums are sent. A slice of the files that is counted again changes nothing, since
    /// the sum of a dead worker is gone with it.
    /// </summary>
    private Tally CountAll()
    {
        using var manager = options.OnDeath == OnDeath.Skip ? Mp.Manager() : null;
        using var pool = Mp.Pool(options.Workers, Mp.Options.Pool with { MeasureTasks = options.Insights, OnWorkerDeath = Tell });
        var clock = Stopwatch.StartNew();
        pool.Apply(static () => { });
        _start = clock.Elapsed;
        var counter = new FileCounter(manager?.Dictionary<int, bool>());
        Tally tally;
        using (var bar = Mp.ProgressBar("counting"))
        {
            IProgress<PoolProgress> progress = options.KillWorker ? new Killing(bar, done => KillOnce(pool, done)) : bar;
            tally = pool.Aggregate(
                files.Select(static (path, index) => (index, path)).ToList(), new Tally(), counter.Add, static (all, more) => all.Add(more), progress,
                new TaskOptions { Idempotent = true });
        }

        if (options.Insights)
        {
            Console.Write(pool.Insights());
        }

        return tally;
    }

    private Tally CountHere()
    {
        var counter = new FileCounter(begun: null);
        return files.Select(static (path, index) => (index, path)).Aggregate(new Tally(), counter.Add);
    }

    private void Tell(WorkerDeath death) => Console.Error.WriteLine($"worker {death.Pid} died; what it had counted is counted again"
        + (options.OnDeath == OnDeath.Skip ? ", without the file that it was at" : ""));

    private void KillOnce(ProcessPool pool, long done)
    {
        if (!_killed && done >= files.Count / 3)
        {
            _killed = true;
            int pid = pool.WorkerPids[0];
            using var worker = Process.GetProcessById(pid);
            worker.Kill();
            Console.Error.WriteLine($"killed worker {pid}, as requested");
        }
    }

    private void Report(Tally tally, TimeSpan elapsed)
    {
        foreach (var (index, reason) in tally.Skipped)
        {
            Console.Error.WriteLine($"{files[index]}: skipped ({reason})");
        }

        foreach (var (word, count) in tally.Words.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal)
            .Take(TopWords))
        {
            Console.WriteLine($"{count,12:N0}  {word}");
        }

        Console.WriteLine(
            $"{tally.Words.Values.Sum():N0} words ({tally.Words.Count:N0} different) in {tally.Files:N0} files, {tally.Skipped.Count:N0} skipped");
        string processes = options.Serial ? "in this process alone" : $"with {options.Workers} processes, {_start.TotalSeconds:0.00} s of it until the first one ran";
        Console.WriteLine($"{tally.Bytes / 1e6:N1} MB in {elapsed.TotalSeconds:0.00} s {processes}: {tally.Bytes / 1e6 / elapsed.TotalSeconds:N1} MB/s");
    }

    private int Verify(Tally tally, TimeSpan parallel)
    {
        var clock = Stopwatch.StartNew();
        var skipped = tally.Skipped.Select(static each => each.Index).ToHashSet();
        var expected = new Tally();
        for (int index = 0; index < files.Count; index++)
        {
            if (!skipped.Contains(index))
            {
                expected.Add(files[index]);
            }
        }

        clock.Stop();
        long Expected(string word) => expected.Words.GetValueOrDefault(word);
        long Counted(string word) => tally.Words.GetValueOrDefault(word);
        var differences = expected.Words.Keys.Union(tally.Words.Keys).Where(word => Expected(word) != Counted(word)).ToList();
        foreach (string word in differences.Take(TopWords))
        {
            Console.Error.WriteLine($"'{word}': {Counted(word)} counted by the pool, {Expected(word)} by one process");
        }

        Console.WriteLine(
            $"one process: {clock.Elapsed.TotalSeconds:0.00} s, so the pool is {clock.Elapsed / parallel:0.00} times as fast; {differences.Count} differences");
        return differences.Count == 0 ? 0 : 1;
    }

    /// <summary>Shows the progress, and tells another listener of it.</summary>
    private sealed class Killing(IProgress<PoolProgress> shown, Action<long> told) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
            shown.Report(value);
            told(value.Done);
        }
    }
}
