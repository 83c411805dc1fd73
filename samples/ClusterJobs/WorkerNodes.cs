using Multiproc;

namespace ClusterJobs;

/// <summary>The nodes that work: each a process of its own, as it would be on a machine of its own.</summary>
internal sealed class WorkerNodes : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<ChildProcess> _processes = [];
    private readonly SharedEvent _stop = Mp.Event();

    public WorkerNodes(Place place, string seed, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var process = Mp.Process(Serve, place, seed, _stop, name: $"node {i + 1}");
            process.Start();
            _processes.Add(process);
        }
    }

    /// <summary>Ends one of them by kill -9: its workers, and the objects that live there, are lost at once.</summary>
    public void KillOne()
    {
        var victim = _processes[^1];
        Console.WriteLine($"kill -9 {victim.Pid} ({victim.Name})");
        victim.Kill();
    }

    /// <summary>Has those that are left leave the cluster: their objects move first.</summary>
    public void Dispose()
    {
        _stop.Set();
        _processes.ForEach(static each =>
        {
            each.Join(s_patience);
            each.Dispose();
        });
        _stop.Dispose();
    }

    /// <summary>A whole node: it owns objects of the cluster, and runs workers for pools.</summary>
    private static void Serve(Place place, string seed, SharedEvent stop)
    {
        using var cluster = Mp.Cluster(place.Options([seed], Place.WorkerRole));
        stop.Wait();
    }
}
