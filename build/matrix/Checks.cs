using System.Diagnostics;
using Akka.Actor;
using Multiproc;

/// <summary>What each program of the matrix does: a lambda in a process, a pool, a manager and an actor, each in a process of its own.</summary>
public static class Checks
{
    public const string Expected = "lambda: hello from Process-1; pool: 328350 in 100 calls; manager: 42; actor: hello from another process";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static string Run()
    {
        string greeting = "hello";
        using var words = Mp.Queue<string>();
        using var child = Mp.Process(() => words.Put($"{greeting} from {Mp.CurrentProcess.Name}"), name: "Process-1");
        child.Start();
        string lambda = words.Get(Bound);
        child.Join();

        using var calls = Mp.Value(0L);
        using var pool = Mp.Pool(2);
        int sum = pool.Map(n => { calls.Add(1); return n * n; }, Enumerable.Range(0, 100)).Sum();

        using var manager = Mp.Manager();
        var numbers = manager.Dictionary<string, int>();
        numbers["answer"] = 42;

        var echo = Mp.ActorOf(Props.Create<Echo>(Environment.ProcessId));
        string actor = echo.Ask<string>("hello", Bound).GetAwaiter().GetResult();
        return $"lambda: {lambda}; pool: {sum} in {calls.Value} calls; manager: {numbers["answer"]}; actor: {actor}";
    }

    /// <summary>How long a process takes from its start to its end, in milliseconds: the median of several.</summary>
    public static double Start()
    {
        var times = new List<double>();
        for (int i = 0; i < 11; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            using var child = Mp.Process(static () => { });
            child.Start();
            child.Join();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }
}

public sealed class Echo(int starter) : UntypedActor
{
    protected override void OnReceive(object message) =>
        Sender.Tell($"{message} from {(Environment.ProcessId == starter ? "the same process" : "another process")}");
}
