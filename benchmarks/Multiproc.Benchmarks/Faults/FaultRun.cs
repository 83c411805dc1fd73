using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Multiproc.Benchmarks.Faults.Histories;
using Multiproc.Benchmarks.Faults.Networks;
using Multiproc.Benchmarks.Faults.Nodes;

namespace Multiproc.Benchmarks.Faults;

/// <summary>
/// Nodes with clients that use queues, locks, dictionaries, values, lists and sets of a cluster at random, while nodes are killed, stopped, cut off and slowed
/// down; then the history of all operations is checked. All that it makes ends with it; the histories of a run with violations are kept.
/// </summary>
internal sealed class FaultRun : IDisposable
{
    private const int MostShown = 20;

    private readonly FaultOptions _options;
    private readonly TextWriter _output;
    private readonly string _folder = Directory.CreateTempSubdirectory("multiproc-faults-").FullName;
    private readonly FaultNetwork _network;
    private readonly PostgreSqlServer? _server;
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<string> _faults = [];
    private readonly Dictionary<FaultKind, int> _happened = [];
    private readonly long _begun = HistoryFile.Now;
    private int _lastIncarnation;

    private FaultRun(FaultOptions options, TextWriter output)
    {
        (_options, _output) = (options, output);
        File.WriteAllBytes(Path.Combine(_folder, "key"), RandomNumberGenerator.GetBytes(32));
        _network = options.WantsNamespaces && NamespaceNetwork.TryMake(options.Nodes) is { } made ? made : new LoopbackNetwork();
        _server = options.UsesPostgreSql ? new PostgreSqlServer(_network.AddressOfHost) : null;
    }

    /// <returns>The exit code: 0 if there is no violation.</returns>
    public static int RunAsCommand(FaultOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return Run(options, Console.Out, stop.Token).Count == 0 ? 0 : 1;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Checks the histories of a run again that were kept.</summary>
    public static int Check(string folder)
    {
        var found = HistoryFile.Read(folder).Check();
        foreach (string each in found)
        {
            Console.WriteLine(each);
        }

        Console.WriteLine($"{found.Count} violations");
        return found.Count == 0 ? 0 : 1;
    }

    /// <returns>The violations.</returns>
    public static IReadOnlyList<string> Run(FaultOptions options, TextWriter output, CancellationToken cancellation)
    {
        using var run = new FaultRun(options, output);
        try
        {
            run.Work(cancellation);
            run.Finish(CancellationToken.None);
        }
        catch (TimeoutException stuck)
        {
            run._faults.Add(stuck.Message);
        }

        run.Judge();
        return run._faults;
    }

    public void Dispose()
    {
        _nodes.ForEach(static node => node.Dispose());
        _server?.Dispose();
        _network.Dispose();
        if (_faults.Count == 0)
        {
            Directory.Delete(_folder, recursive: true);
        }
        else
        {
            _output.WriteLine($"The histories are kept in {_folder}: cluster-faults --check {_folder}");
        }
    }

    private void Work(CancellationToken cancellation)
    {
        _output.WriteLine($"seed {_options.Seed}, {_options.Nodes} nodes, {_network}, {(_server is null ? "SQLite" : "PostgreSQL")}");
        try
        {
            for (int node = 0; node < _options.Nodes; node++)
            {
                _nodes.Add(Start(node, _options.ClientsOfANode));
            }

            _nodes.ForEach(each => each.AwaitWord("up", cancellation));
            long begun = Stopwatch.GetTimestamp();
            foreach (var fault in Fault.Plan(_options, _network.CanBeDisturbed).TakeWhile(_ => Stopwatch.GetElapsedTime(begun) < _options.Duration))
            {
                if (cancellation.WaitHandle.WaitOne(fault.Calm))
                {
                    return;
                }

                _output.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(begun).TotalSeconds,7:0.0} s  {fault}"));
                _happened[fault.Kind] = _happened.GetValueOrDefault(fault.Kind) + 1;
                if (fault.Kind == FaultKind.Stop)
                {
                    HistoryFile.NoteStop(_folder, _nodes[fault.Node].Incarnation);
                }

                fault.Happen(_nodes, _network, cancellation);
                Replace(cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            _output.WriteLine("interrupted");
        }
    }

    /// <summary>Starts nodes in place of those that ended, and waits until they are up.</summary>
    private void Replace(CancellationToken cancellation)
    {
        for (int node = 0; node < _nodes.Count; node++)
        {
            if (_nodes[node].HasExited)
            {
                if (_nodes[node].HasFailed)
                {
                    _faults.Add(_nodes[node].Story);
                }

                _nodes[node].Dispose();
                _nodes[node] = Start(node, _options.ClientsOfANode);
            }
        }

        foreach (var node in _nodes)
        {
            if (!node.HasExited)
            {
                node.AwaitWord("up", cancellation);
            }
        }
    }

    /// <summary>Has the clients stop, and another process drain all objects.</summary>
    private void Finish(CancellationToken cancellation)
    {
        // Nodes that the others went on without end by themselves, some seconds late.
        foreach (var node in _nodes.Where(static each => !each.HasExited))
        {
            node.Stop();
        }

        foreach (var node in _nodes)
        {
            try
            {
                node.AwaitWord("stopped", cancellation);
            }
            catch (TimeoutException) when (node is { HasExited: true, HasFailed: false })
            {
            }
        }

        using var drain = Start(0, clients: 0, isBeside: true);

        // There are as many objects as the run was long.
        drain.AwaitEnd(_options.Duration);
        if (drain.HasFailed)
        {
            _faults.Add(drain.Story);
        }

        Task.WaitAll(_nodes.Where(static each => !each.HasExited).Select(static each => Task.Run(each.Leave, CancellationToken.None)));
        _faults.AddRange(_nodes.Where(static each => each.HasFailed).Select(static each => each.Story));
    }

    private NodeProcess Start(int node, int clients, bool isBeside = false)
    {
        var (host, port) = _network.AddressOf(node);
        int incarnation = ++_lastIncarnation;
        string storage = _server?.ConnectionString ?? Path.Combine(_folder, "journal.db");
        int seed = HashCodeOf(_options.Seed, incarnation);
        return new NodeProcess(
            new NodeTask(_folder, storage, host, isBeside ? 0 : port, incarnation, seed, clients, _begun), _network.PrefixOf(node));
    }

    /// <summary>Hashes a text to the same number in every run, which <see cref="HashCode"/> does not.</summary>
    private static int HashCodeOf(int seed, int incarnation) => unchecked((seed * 7919) + incarnation);

    private void Judge()
    {
        var history = HistoryFile.Read(_folder);
        _faults.AddRange(history.Check());
        var byStatus = history.Operations.CountBy(static each => each.Status).ToDictionary();
        _output.WriteLine(
            $"{history.Operations.Count} operations on {history.Operations.DistinctBy(static each => each.Object).Count()} objects and keys: "
            + $"{string.Join(", ", byStatus.Select(static each => $"{each.Value} {each.Key}"))}; {_lastIncarnation} processes");
        _output.WriteLine($"faults: {string.Join(", ", _happened.Select(static each => $"{each.Value} {each.Key}"))}");
        if (history.Undecided > 0)
        {
            _output.WriteLine($"{history.Undecided} keys were not decided: they had too many orders");
        }

        foreach (string fault in _faults.Take(MostShown))
        {
            _output.WriteLine($"VIOLATION: {fault}");
        }

        _output.WriteLine($"{_faults.Count} violations");
    }
}
