using System.Runtime.CompilerServices;

namespace Multiproc.Tests.Managers;

/// <summary>What a user has a manager call: methods, properties, tasks, streams, callbacks.</summary>
public interface IMaths
{
    int Offset { get; set; }

    int Add(int x, int y);

    int Add(int x, int y, int z);

    void Fail(string message);

    void FailUnsendably();

    object Unsendable();

    int Pid();

    Task<int> AddLaterAsync(int x, int y);

    ValueTask WaitAsync(SharedEvent begun, CancellationToken cancellation);

    IAsyncEnumerable<int> Count(int to, CancellationToken cancellation = default);

    IEnumerable<string> Words();

    int Made();

    int Sum(int to, IProgress<int> progress);

    int Apply(Func<int, int> function, int x);

    Task<int> ApplyAsync(Func<int, Task<int>> function, int x);

    IMaths Clone();
}

internal sealed class MathsClass : IMaths
{
    private int _made;

    public MathsClass(int offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Offset = offset;
    }

    public int Offset { get; set; }

    public int Add(int x, int y) => x + y + Offset;

    public int Add(int x, int y, int z) => x + y + z + Offset;

    public void Fail(string message) => throw new FormatException(message);

    public void FailUnsendably() => throw new UnsendableFailure("with a thread");

    public object Unsendable() => Thread.CurrentThread;

    public int Pid() => Environment.ProcessId;

    public async Task<int> AddLaterAsync(int x, int y)
    {
        await Task.Yield();
        return x + y;
    }

    public async ValueTask WaitAsync(SharedEvent begun, CancellationToken cancellation)
    {
        begun.Set();
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    public async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (to < 0)
        {
            throw new FormatException("backwards");
        }

        for (int i = 0; i < to; i++)
        {
            _made++;
            await Task.CompletedTask;
            yield return i;
        }
    }

    public IEnumerable<string> Words()
    {
        yield return "one";
        yield return "two";
    }

    public int Made() => _made;

    public int Sum(int to, IProgress<int> progress)
    {
        int sum = 0;
        for (int i = 0; i < to; i++)
        {
            progress.Report(i);
            sum += i;
        }

        return sum;
    }

    public int Apply(Func<int, int> function, int x) => function(x);

    public async Task<int> ApplyAsync(Func<int, Task<int>> function, int x) => await function(x);

    public IMaths Clone() => new MathsClass(Offset);

    public override string ToString() => $"maths of offset {Offset}";
}

internal sealed class UnsendableFailure(string message) : Exception(message)
{
    public Thread Thread { get; } = Thread.CurrentThread;
}
