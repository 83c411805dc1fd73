using Microsoft.Extensions.Logging;
using Multiproc.Benchmarks.Faults.Histories;

namespace Multiproc.Benchmarks.Faults.Nodes;

/// <summary>
/// A node of a fault run, in a process of its own. "stop" at its input has the clients stop; the end of the input, also by the death of the runner, has the
/// node leave.
/// </summary>
internal static class FaultNode
{
    /// <summary>The exit code of a node that the others went on without.</summary>
    public const int Removed = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static int Run(NodeTask task)
    {
        Mp.LogToStderr(LogLevel.Warning);
        using var file = new HistoryFile(task.Folder, task.Incarnation);
        using var cluster = Mp.Cluster(task.Options);
        Console.WriteLine("up");
        if (task.Clients == 0)
        {
            try
            {
                Drain(cluster, task, file);
            }
            catch (MultiprocTimeoutException)
            {
                foreach (object seen in (IEnumerable<object>)[.. cluster.Members, cluster.Health, .. cluster.Inspect().Objects, .. cluster.Inspect().Silent])
                {
                    Console.WriteLine(seen);
                }

                throw;
            }

            file.Close();
            return 0;
        }

        using var stop = new CancellationTokenSource();
        Task[] clients =
        [
            .. Enumerable.Range(1, task.Clients).Select(number => Task.Factory.StartNew(
                () => new FaultClient(cluster, task, file, number).Run(stop.Token),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
        ];
        var orders = Task.Factory.StartNew(
            () => Obey(stop, clients), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([orders, cluster.Node.Ended]) == 1)
        {
            // Every call of the clients ends by itself: nothing waits for a node that was removed.
            return Task.WaitAll(clients, s_patience) ? Removed : throw new TimeoutException("Calls of a node that was removed did not end.");
        }

        if (!Task.WaitAll(clients, s_patience))
        {
            throw new TimeoutException($"Calls did not end within {s_patience.TotalSeconds} s after the clients were told to stop.");
        }

        cluster.Dispose();
        file.Close();
        return 0;
    }

    private static void Obey(CancellationTokenSource stop, Task[] clients)
    {
        while (Console.ReadLine() is { } order)
        {
            if (order == "stop")
            {
                stop.Cancel();
                Console.WriteLine(Task.WaitAll(clients, s_patience) ? "stopped" : "stuck");
            }
        }

        stop.Cancel();
    }

    /// <summary>Empties the queues, looks at the keys, and acquires each lock once: what the dead held has come back, or does so now.</summary>
    private static void Drain(ClusterContext cluster, NodeTask task, HistoryFile file)
    {
        var client = new FaultClient(cluster, task, file, 1);
        int rounds = task.RoundAt(HistoryFile.Now);
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < NodeTask.ObjectsOfARound; i++)
            {
                client.Drain(NodeTask.QueueOf(round, i));
                client.DrainList(NodeTask.ListOf(round, i));
                if (!client.TryLock(NodeTask.LockOf(round, i), s_patience))
                {
                    throw new TimeoutException(
                        $"{NodeTask.LockOf(round, i)} was not free within {s_patience.TotalSeconds} s, although all clients have ended.");
                }

                for (int key = 0; key < NodeTask.Keys; key++)
                {
                    client.GetKey(NodeTask.DictionaryOf(round, i), key);
                }
            }
        }

        // What the dead had in their hands comes back when their nodes are given up.
        for (long begun = HistoryFile.Now; InHand(cluster) > 0;)
        {
            if (TimeSpan.FromTicks(HistoryFile.Now - begun) > s_patience)
            {
                throw new TimeoutException($"Items are in the hands of the dead for more than {s_patience.TotalSeconds} s.");
            }
        }

        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < NodeTask.ObjectsOfARound; i++)
            {
                client.Drain(NodeTask.QueueOf(round, i));
            }
        }
    }

    private static long InHand(ClusterContext cluster)
    {
        var report = cluster.Inspect();
        return report.Silent.Count + report.Objects.Sum(static each => each.Counts.GetValueOrDefault("unacknowledged"));
    }
}
