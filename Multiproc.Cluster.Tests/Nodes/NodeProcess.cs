namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>A node of a cluster in a process of its own, which does what its test tells it.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private readonly SharedQueue<Action<ClusterContext>> _orders = Mp.Queue<Action<ClusterContext>>();
    private readonly SharedQueue<string> _reports = Mp.Queue<string>();
    private readonly ChildProcess _process;

    public NodeProcess(string journal, params string[] seeds)
    {
        _process = Mp.Process(Run, journal, seeds, _orders, _reports);
        _process.Start();
    }

    /// <summary>Its address in the cluster; waits until it is a member.</summary>
    public string Address => field ??= _reports.Get(s_patience);

    /// <summary>Has it do something, and waits until it is done.</summary>
    public void Do(Action<ClusterContext> order)
    {
        Begin(order);
        Report().ShouldBe("done");
    }

    /// <summary>Waits for what became of an order.</summary>
    public string Report() => _reports.Get(s_patience);

    /// <summary>Has it do something that may last.</summary>
    public void Begin(Action<ClusterContext> order)
    {
        _ = Address;
        _orders.Put(order);
    }

    /// <summary>Ends it by kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.Join(s_patience).ShouldBeTrue();
    }

    /// <summary>
    /// Stops it, and waits until the kernel says so. Not in the middle of a write to SQLite's files: until it goes on, no other node could write.
    /// </summary>
    public void Stop()
    {
        string state = $"/proc/{_process.Pid}/stat";
        TestKit.Await.Until($"process {_process.Pid} is stopped between two writes", () =>
        {
            Signal("STOP");
            TestKit.Await.Until($"process {_process.Pid} is stopped", () => File.ReadAllText(state).Contains(") T ", StringComparison.Ordinal));
            bool writes = File.ReadLines("/proc/locks").Any(line => line.Contains($"POSIX  ADVISORY  WRITE {_process.Pid} ", StringComparison.Ordinal));
            if (writes)
            {
                Continue();
            }

            return !writes;
        });
    }

    /// <summary>Has it go on.</summary>
    public void Continue() => Signal("CONT");

    /// <summary>Has it leave the cluster and end.</summary>
    public void Leave()
    {
        _ = Address;
        _orders.Put(static cluster => cluster.Dispose());
        _process.Join(s_patience).ShouldBeTrue();
    }

    public void Dispose()
    {
        if (_process.IsAlive)
        {
            _process.Kill();
            _process.Join(s_patience);
        }

        _process.Dispose();
        _orders.Dispose();
        _reports.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", $"{_process.Pid}"]);
        kill.WaitForExit(s_patience).ShouldBeTrue();
    }

    private static void Run(string journal, string[] seeds, SharedQueue<Action<ClusterContext>> orders, SharedQueue<string> reports)
    {
        using var cluster = Mp.Cluster(ClusterFolder.OptionsFor(journal, seeds));
        reports.Put(cluster.Address);
        while (true)
        {
            string report = "done";
            try
            {
                orders.Get()(cluster);
            }
            catch (Exception failure)
            {
                report = failure.ToString();
            }

            if (cluster.HasLeft)
            {
                return;
            }

            reports.Put(report);
        }
    }
}
