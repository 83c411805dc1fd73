using Multiproc;

namespace Surroundings;

/// <summary>Uses each part of the library briefly and checks the resulting value.</summary>
internal static class Parts
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static readonly IReadOnlyDictionary<string, Action> All = new Dictionary<string, Action>
    {
        ["process"] = StartProcess,
        ["pool"] = RunPool,
        ["manager"] = UseManager,
        ["queue"] = UseQueue,
        ["value"] = UseValue,
        ["memory"] = UseMemory,
        ["listener"] = UseListener,
    };

    private static void StartProcess()
    {
        using var process = Mp.Process(static () => Environment.Exit(7));
        process.Start();
        Require(process.Join(Bound), "the process did not end");
        Require(process.ExitCode == 7, $"the process ended with {process.ExitCode}");
    }

    private static void RunPool()
    {
        using var pool = Mp.Pool(2);
        Require(pool.MapAsync(static number => number * number, Enumerable.Range(0, 10)).Get(Bound).Sum() == 285, "the pool counted wrong");
    }

    private static void UseManager()
    {
        using var manager = Mp.Manager();
        var dictionary = manager.Dictionary<string, int>();
        dictionary["one"] = 1;
        using var process = Mp.Process(static shared => shared["two"] = shared["one"] + 1, dictionary);
        process.Start();
        Require(process.Join(Bound), "the process with the dictionary did not end");
        Require(process.ExitCode == 0 && dictionary["two"] == 2, "the process did not reach the dictionary");
    }

    private static void UseQueue()
    {
        using var queue = Mp.Queue<int>();
        using var process = Mp.Process(static shared => shared.Put(42), queue);
        process.Start();
        Require(queue.Get(Bound) == 42, "something else came out of the queue");
        Require(process.Join(Bound), "the process with the queue did not end");
    }

    private static void UseValue()
    {
        var value = Mp.Value(1);
        using var process = Mp.Process(static shared => shared.Value++, value);
        process.Start();
        Require(process.Join(Bound), "the process with the value did not end");
        Require(value.Value == 2, "the value is not shared");
    }

    private static void UseMemory()
    {
        using var block = new SharedMemoryBlock(create: true, size: 64 * 1024);
        using var process = Mp.Process(
            static name =>
            {
                using var same = new SharedMemoryBlock(name);
                same.Buf[0] = 9;
            }, block.Name);
        process.Start();
        Require(process.Join(Bound), "the process with the block did not end");
        Require(block.Buf[0] == 9, "the block is not shared");
        block.Unlink();
    }

    private static void UseListener()
    {
        using var listener = new Listener(authKey: [1, 2, 3]);
        using var process = Mp.Process(
            static address =>
            {
                using var client = Client.Connect(address, [1, 2, 3]);
                client.Send("hello");
            }, listener.Address);
        process.Start();
        using var connection = listener.Accept(Bound);
        Require(connection.Recv<string>() == "hello", "something else was sent");
        Require(process.Join(Bound), "the process with the client did not end");
    }

    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
