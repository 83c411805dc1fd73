namespace Multiproc.Tests.Managers;

/// <summary>A manager with types of the tests' own.</summary>
public sealed class CustomObjects : IDisposable
{
    public CustomObjects() => Manager.Start();

    public MyManager Manager { get; } = new();

    public void Dispose() => Manager.Dispose();
}

public sealed class MyManager : BaseManager<MyManager>
{
    static MyManager()
    {
        Register<IMaths, MathsClass>("Maths");
        Register("Open", static () => new OpenClass());
        Register("Listed", static () => new OpenClass(), exposed: ["Hidden"]);
        Register("Pairs", static () => new PairsClass(), methodToTypeId: new Dictionary<string, string> { ["First"] = "Maths" });
        Register("Careful", static () => new Meeting());
        Register("Free", static () => new Meeting(), concurrent: true);
        Register("Watcher", static () => new Watcher(), concurrent: true);
        Register("NameOnly");
        Register("Uncreatable", createMethod: false);
    }
}

internal sealed class OpenClass
{
    public int Twice(int x) => 2 * x;

    public long Wide(long x) => x;

    public void _Underscored() => Twice(1);

    private string Hidden() => "hidden";
}

internal sealed class PairsClass
{
    private readonly MathsClass _first = new();

    public object First() => _first;
}

internal sealed class Meeting
{
    private readonly Barrier _barrier = new(2);
    private int _inside;
    private int _most;

    public async Task<int> Enter()
    {
        int inside = Interlocked.Increment(ref _inside);
        _most = Math.Max(_most, inside);
        await Task.Yield();
        Interlocked.Decrement(ref _inside);
        return _most;
    }

    public void Meet() => _barrier.SignalAndWait();
}

internal sealed class Watcher
{
    private int _begun;
    private int _cancelled;

    public void Wait(CancellationToken cancellation)
    {
        _begun++;
        cancellation.WaitHandle.WaitOne();
        _cancelled++;
    }

    public int Begun() => Volatile.Read(ref _begun);

    public int Cancelled() => Volatile.Read(ref _cancelled);
}
