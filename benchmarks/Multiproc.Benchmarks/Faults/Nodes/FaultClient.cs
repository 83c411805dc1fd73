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
                switch (_random.Next(11))
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
                    case 5:
                        UseValue(NodeTask.ValueOf(round, chosen));
                        break;
                    case 6:
                        UseList(NodeTask.ListOf(round, chosen));
                        break;
                    case 7:
                        UseSet(NodeTask.SetOf(round, chosen), _random.Next(NodeTask.Keys));
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

    /// <summary>Takes everything out of a list.</summary>
    public void DrainList(string name)
    {
        var list = cluster.List<long>(name);
        while (PopFrom(list, name))
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

        Work(name, gate, hold);
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

    /// <summary>Holds the lock for a moment, or for seconds, and then with a token that says when it may be lost.</summary>
    private void Work(string name, SharedLock gate, LockHold hold)
    {
        if (_random.Next(4) > 0)
        {
            Thread.SpinWait(_random.Next(100_000));
            return;
        }

        CancellationToken lost = default;
        if (Record(new Operation(name, _client, OperationKind.Watch, hold.Fence), () =>
        {
            try
            {
                lost = gate.Lost;
                return (OperationStatus.Done, 0);
            }
            catch (InvalidOperationException)
            {
                return (OperationStatus.Failed, 0);
            }
        }) == OperationStatus.Done)
        {
            // Its time is that of the moment at which the token fires, on whatever thread.
            using var fired = lost.UnsafeRegister(
                _ => file.End(file.Begin(new Operation(name, _client, OperationKind.Lose, hold.Fence)), OperationStatus.Done, 0), null);
            lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(_random.NextDouble() * 4));
        }
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

    private void UseValue(string name)
    {
        var value = cluster.Value(name, 0L);
        switch (_random.Next(4))
        {
            case 0:
                long set = _random.Next(1, 1000);
                Record(new Operation(name, _client, OperationKind.SetKey, set), () =>
                {
                    value.Value = set;
                    return (OperationStatus.Done, 0);
                });
                break;
            case 1:
                long amount = _random.Next(1, 10);
                Record(new Operation(name, _client, OperationKind.AddToKey, amount), () => (OperationStatus.Done, value.Increment(amount)));
                break;
            case 2:
                long expected = value.Value;
                long wanted = _random.Next(1, 1000);
                Record(
                    new Operation(name, _client, OperationKind.CompareAndSetKey, wanted, expected),
                    () => (OperationStatus.Done, value.CompareAndSet(expected, wanted) ? 1 : 0));
                break;
            default:
                Record(new Operation(name, _client, OperationKind.GetKey), () => (OperationStatus.Done, value.Value));
                break;
        }
    }

    /// <summary>Uses a list as a queue: adds items at the end, and removes them from the beginning.</summary>
    private void UseList(string name)
    {
        var list = cluster.List<long>(name);
        if (_random.Next(2) == 0)
        {
            PopFrom(list, name);
            return;
        }

        long value = (_client * 10_000_000L) + ++_lastValue;
        Record(new Operation(name, _client, OperationKind.Put, value), () =>
        {
            list.Append(value);
            return (OperationStatus.Done, 0);
        });
    }

    private bool PopFrom(ListProxy<long> list, string name) => Record(new Operation(name, _client, OperationKind.Get), () =>
    {
        try
        {
            return (OperationStatus.Done, list.Pop(0));
        }
        catch (ArgumentOutOfRangeException)
        {
            return (OperationStatus.Nothing, 0);
        }
    }) == OperationStatus.Done;

    private void UseSet(string name, int item)
    {
        var set = cluster.Set<int>(name);
        var (kind, act) = _random.Next(3) switch
        {
            0 => (OperationKind.AddItem, (Func<bool>)(() => set.Add(item))),
            1 => (OperationKind.RemoveItem, () => set.Remove(item)),
            _ => (OperationKind.HasItem, () => set.Contains(item)),
        };
        Record(new Operation(KeyOf(name, item), _client, kind), () => (OperationStatus.Done, act() ? 1 : 0));
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
