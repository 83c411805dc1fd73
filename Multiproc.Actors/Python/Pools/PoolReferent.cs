using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;

namespace Multiproc.Python.Pools;

/// <summary>A Pool, whose tasks are registered functions of C#, run by workers of this library.</summary>
internal sealed class PoolReferent(ProcessPool pool, FunctionTable functions) : Referent, IDisposable
{
    private static readonly string[] s_exposed =
    [
        "apply", "apply_async", "close", "imap", "imap_unordered", "join", "map", "map_async", "starmap", "starmap_async", "terminate",
    ];

    private int _state;

    /// <exception cref="ArgumentOutOfRangeException">The number of tasks is not positive.</exception>
    public static ProcessPool Start(int processes, int? maxTasksPerChild) =>
        new(new PoolPlan(StartMethodChoice.Program.Use(), processes, Settings.Current.Pool, null, null, maxTasksPerChild));

    public override string TypeId => "Pool";

    public override string ProxyClass => "PoolProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override string Text => $"<{pool}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "close":
                _state = Math.Max(_state, 1);
                pool.Close();
                return null;
            case "terminate":
                _state = 1;
                pool.Terminate();
                return null;
            case "join":
                Join(client);
                return null;
            default:
                return _state == 0 ? Submitted(given, client) : throw PythonErrors.Value("Pool not running");
        }
    }

    public void Dispose()
    {
        pool.Terminate();
        pool.Dispose();
    }

    private void Join(IClient client)
    {
        if (_state == 0)
        {
            throw PythonErrors.Value("Pool is still running");
        }

        client.Wait(token => pool.Join(null, token));
    }

    private object? Submitted(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "apply":
                return client.Wait(token => Applied(given).Get(null, token));
            case "apply_async":
                return Later(Applied(given).AsTask(), given);
            case "map" or "starmap":
                return client.Wait(token => Mapped(given).Get(null, token)).ToList();
            case "map_async" or "starmap_async":
                return Later(ListOf(Mapped(given).AsTask()), given);
            default:
                return new ResultIterator(given.Method == "imap"
                    ? pool.Imap(PythonTask.Run, Tasks(given), Chunk(given) ?? 1)
                    : pool.ImapUnordered(PythonTask.Run, Tasks(given), Chunk(given) ?? 1));
        }
    }

    private static async Task<object?> ListOf(Task<object?[]> results) => (await results.ConfigureAwait(false)).ToList();

    private static int? Chunk(Arguments given) => given.Next("chunksize", null) is { } size ? (int)Math.Clamp(Arguments.Integer(size), 1, int.MaxValue) : null;

    private static TaskReferent Later(Task<object?> task, Arguments given)
    {
        var callback = ProxyCallback.Of(given.Next("callback", null));
        return new TaskReferent(ProxyCallback.After(task, callback, ProxyCallback.Of(given.Next("error_callback", null))));
    }

    private AsyncResult<object?> Applied(Arguments given)
    {
        object? function = given.Next("func");
        var arguments = Sequences.Items(given.Next("args", PyTuple.Empty));
        var named = given.Next("kwds", null) as Dictionary<object, object?>;
        return pool.ApplyAsync(PythonTask.Run, functions.Call(function, arguments, named));
    }

    private AsyncResult<object?[]> Mapped(Arguments given)
    {
        var tasks = Tasks(given);
        int? chunk = Chunk(given);
        return pool.MapAsync(PythonTask.Run, tasks, chunk);
    }

    private List<PythonTask> Tasks(Arguments given)
    {
        object? function = given.Next("func");
        var inputs = Sequences.Items(given.Next("iterable"));
        bool isStar = given.Method.StartsWith("starmap", StringComparison.Ordinal);
        return [.. inputs.Select(input => functions.Call(function, isStar ? Sequences.Items(input) : [input]))];
    }
}
