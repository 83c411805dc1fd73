namespace Multiproc.Benchmarks;

/// <summary>Child processes that are ready and wait for a common start.</summary>
internal sealed class ChildGroup : IDisposable
{
    private readonly List<ChildProcess> _members = [];
    private readonly SharedEvent _gate = Mp.Event();
    private readonly SharedQueue<int> _ready = Mp.Queue<int>();

    public ChildGroup Add<T1, T2>(Action<T1, T2> work, T1 first, T2 second, int members = 1)
    {
        for (int i = 0; i < members; i++)
        {
            Start(Mp.Process(Member.Run, work, first, second, new Gate(_gate, _ready)));
        }

        return this;
    }

    /// <summary>Starts members that do part of their work before they are ready, as a warm-up that is not measured.</summary>
    public ChildGroup AddWarm<T>(Action<T, int> work, T first, int count, int warmUp, int members = 1)
    {
        for (int i = 0; i < members; i++)
        {
            Start(Mp.Process(Member.RunWarm, work, first, (count, warmUp), new Gate(_gate, _ready)));
        }

        return this;
    }

    /// <summary>Waits until all members are ready, then starts them.</summary>
    public void Go()
    {
        AwaitReady();
        Open();
    }

    public void AwaitReady()
    {
        foreach (var _ in _members)
        {
            _ready.Get();
        }
    }

    /// <summary>Starts the members; the measured time begins here.</summary>
    public void Open() => _gate.Set();

    public void Dispose()
    {
        foreach (var member in _members)
        {
            member.Join();
            member.Close();
        }
    }

    private ChildGroup Start(ChildProcess member)
    {
        member.Start();
        _members.Add(member);
        return this;
    }

    private sealed record Gate(SharedEvent Open, SharedQueue<int> Ready)
    {
        public void Pass()
        {
            Ready.Put(1);
            Open.Wait();
        }
    }

    private static class Member
    {
        public static void Run<T1, T2>(Action<T1, T2> work, T1 first, T2 second, Gate gate)
        {
            gate.Pass();
            work(first, second);
        }

        public static void RunWarm<T>(Action<T, int> work, T first, (int Measured, int WarmUp) counts, Gate gate)
        {
            work(first, counts.WarmUp);
            Run(work, first, counts.Measured, gate);
        }
    }
}
