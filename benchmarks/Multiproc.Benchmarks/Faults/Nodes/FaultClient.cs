using Multiproc.Benchmarks.Faults.Histories;

namespace Multiproc.Benchmarks.Faults.Nodes;

/// <summary>A client: does one random operation after the other, and writes down each when it begins and when it ends.</summary>
internal sealed class FaultClient(ClusterContext cluster, NodeTask task, HistoryFile file, int number)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(unchecked((task.Seed * 104_729) + number));
    private readonly int _client = (task.Incarnation * Operation.ClientsOfANode) + number;
    private long _lastValue;

    /// <summary>Works until it is told to stop, or the node is no longer in the cluster.</summary>
    public void Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && cluster.Health.Status != ClusterHealthStatus.Unhealthy)
        {
            int round = task.RoundAt(HistoryFile.Now);
            int chosen = _random.Next(NodeTask.ObjectsOfARound);
            try
            {
                switch (_random.Next(8))
                {
                    case 0 or 1:
                        Put(NodeTask.QueueOf(round, chosen));
                        break;
                    case 2 or 3:
                        Get(NodeTask.QueueOf(round, chosen), TimeSpan.FromMilliseconds(_random.Next(2) * 100));
                        break;
                    case 4:
                        Lock(NodeTask.LockOf(round, chosen));
                        break;
                    default:
                        UseKey(NodeTask.DictionaryOf(round, chosen), _random.Next(NodeTask.Keys));
                        break;
                }
            }
            catch (Exception unopened) when (unopened is ConnectionLostException or MultiprocTimeoutException)
            {
                // The object could not be opened: nothing was begun.
            }
        }
    }

    /// <summary>Takes everything out of a queue.</summary>
    public void Drain(string name)
    {
        while (Get(name, TimeSpan.Zero))
        {
        }
    }

    /// <summary>Acquires and releases a lock.</summary>
    public bool TryLock(string name, TimeSpan patience)
    {
        var gate = cluster.Lock(name);
        using var limit = new CancellationTokenSource(patience);
        LockHold hold = default;
        if (Record(new Operation(name, _client, OperationKind.Acquire), () =>
        {
            try
            {
                hold = gate.Hold(limit.Token);
                return (OperationStatus.Done, hold.Fence);
            }
            catch (OperationCanceledException)
            {
                return (OperationStatus.Nothing, 0);
            }
        }) != OperationStatus.Done)
        {
            return false;
        }

        Thread.SpinWait(_random.Next(100_000));
        Record(new Operation(name, _client, OperationKind.Release, hold.Fence), () =>
        {
            try
            {
                hold.Dispose();
                return (OperationStatus.Done, 0);
            }
            catch (InvalidOperationException)
            {
                // The cluster took this node for dead, and gave the lock to another.
                return (OperationStatus.Failed, 0);
            }
        });
        return true;
    }

    public void GetKey(string name, int key)
    {
        var dictionary = cluster.Dictionary<int, long>(name);
        Record(new Operation(KeyOf(name, key), _client, OperationKind.GetKey), () =>
            dictionary.TryGetValue(key, out long value) ? (OperationStatus.Done, value) : (OperationStatus.Nothing, 0));
    }

    private static string KeyOf(string name, int key) => $"{name}[{key}]";

    private void Put(string name)
    {
        var queue = cluster.Queue<long>(name);
        long value = (_client * 10_000_000L) + ++_lastValue;
        Record(new Operation(name, _client, OperationKind.Put, value), () =>
        {
            queue.Put(value);
            return (OperationStatus.Done, 0);
        });
    }

    private bool Get(string name, TimeSpan timeout)
    {
        var queue = cluster.Queue<long>(name);
        return Record(
            new Operation(name, _client, OperationKind.Get, (long)timeout.TotalMilliseconds),
            () => queue.TryGet(out long value, timeout) ? (OperationStatus.Done, value) : (OperationStatus.Nothing, 0)) == OperationStatus.Done;
    }

    private void Lock(string name) => TryLock(name, s_patience);

    private void UseKey(string name, int key)
    {
        var dictionary = cluster.Dictionary<int, long>(name);
        switch (_random.Next(4))
        {
            case 0:
                long value = _random.Next(1, 1000);
                Record(new Operation(KeyOf(name, key), _client, OperationKind.SetKey, value), () =>
                {
                    dictionary[key] = value;
                    return (OperationStatus.Done, 0);
                });
                break;
            case 1:
                long amount = _random.Next(1, 10);
                Record(
                    new Operation(KeyOf(name, key), _client, OperationKind.AddToKey, amount),
                    () => (OperationStatus.Done, dictionary.Increment(key, amount)));
                break;
            case 2:
                long expected = dictionary.Get(key, 0);
                long wanted = _random.Next(1, 1000);
                Record(
                    new Operation(KeyOf(name, key), _client, OperationKind.CompareAndSetKey, wanted, expected),
                    () => (OperationStatus.Done, dictionary.CompareAndSet(key, expected, wanted) ? 1 : 0));
                break;
            default:
                GetKey(name, key);
                break;
        }
    }

    private OperationStatus Record(Operation operation, Func<(OperationStatus Status, long Result)> act)
    {
        long written = file.Begin(operation);
        (OperationStatus status, long result) = (OperationStatus.Unknown, 0);
        try
        {
            (status, result) = act();
        }
        catch (OutcomeUnknownException)
        {
            status = OperationStatus.Unknown;
        }
        catch (ConnectionLostException)
        {
            // It says that the operation was not done, which the checkers hold it to.
            status = OperationStatus.Failed;
        }

        file.End(written, status, result);
        return status;
    }
}
