using System.Diagnostics;
using Multiproc;

namespace ClusterJobs;

/// <summary>The whole run.</summary>
internal static class Run
{
    private const int FilesOfABatch = 8;
    private const int Wrong = 1;

    public static int Execute(RunOptions options)
    {
        if (options.Files.Length == 0)
        {
            Console.Error.WriteLine($"There are no files in {options.Folder}.");
            return Wrong;
        }

        long begun = Stopwatch.GetTimestamp();
        var place = Place.Make(options);
        var index = new IndexFile(place.Index);
        using (var cluster = Mp.Cluster(place.Options([])))
        using (var nodes = new WorkerNodes(place, cluster.Address, options.Nodes))
        using (var pool = cluster.Pool(options.Workers, Place.WorkerRole))
        {
            int batches = Indexer.Prepare(cluster, options.Files, FilesOfABatch);
            Console.WriteLine($"{options.Files.Length} files, {batches} batches to do, {options.Nodes} nodes with {options.Workers} workers each; "
                + $"the journal is {place.Options([]).Storage}");
            var progress = new Progress(batches, pool, options.Kill ? nodes.KillOne : static () => { });
            var indexer = new Indexer(cluster, pool, progress);
            indexer.RunAsync().GetAwaiter().GetResult();
            indexer.Write(index);
            Indexer.Forget(cluster);
            Console.WriteLine(pool.Insights());
        }

        Console.WriteLine($"the index is {place.Index}, made in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        return Check(index.Read(), options.Files);
    }

    /// <summary>Counts again in this process alone, and compares.</summary>
    private static int Check(Dictionary<string, long> index, string[] files)
    {
        var expected = new Dictionary<string, long>(StringComparer.Ordinal);
        Array.ForEach(files, file => Words.Add(expected, Words.CountFile(file)));
        string[] wrong = [.. expected.Keys.Union(index.Keys).Where(word => expected.GetValueOrDefault(word) != index.GetValueOrDefault(word))];
        if (wrong.Length > 0)
        {
            Console.Error.WriteLine($"WRONG: {wrong.Length} words, among them '{wrong[0]}': {index.GetValueOrDefault(wrong[0])} in the index, "
                + $"{expected.GetValueOrDefault(wrong[0])} in the files");
            return Wrong;
        }

        Console.WriteLine($"right: {expected.Count} words, {expected.Values.Sum()} in all");
        return 0;
    }
}
