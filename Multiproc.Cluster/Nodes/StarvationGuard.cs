using Akka.Actor;
using Akka.Event;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Keeps this process's nodes alive while their program blocks all threads of the runtime's pool. Whatever speaks for a node runs on that pool, the events of
/// its sockets included, and a node that is silent for two seconds is taken for dead, with all that it holds. The runtime adds a thread or two per second by
/// itself; the guard adds as many as are needed, and takes them back when the pool is quiet again.
/// </summary>
internal sealed class StarvationGuard
{
    private const int MostThreads = 1024;
    private const int SmallestStep = 8;
    private const int LargestStep = 64;

    /// <summary>So many threads more than the program wants are worth a word: it is not the start of a busy machine.</summary>
    private const int Many = 32;

    /// <summary>So many timely answers in a row mean that the pool is quiet.</summary>
    private const int Quiet = 25;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(150);
    private static readonly Lock s_gate = new();
    private static readonly List<ILoggingAdapter> s_nodes = [];
    private static StarvationGuard? s_running;

    private readonly ManualResetEvent _end = new(false);

    // Never disposed of: a piece of work that is late sets it after the end.
    private readonly AutoResetEvent _answer = new(false);
    private int _own;
    private int _raised;
    private bool _isTold;

    private StarvationGuard() => new Thread(Run) { IsBackground = true, Name = "multiproc: guard of the thread pool" }.Start();

    /// <summary>Guards a node until its system ends. All nodes of the process have one guard.</summary>
    public static void Watch(ActorSystem system)
    {
        lock (s_gate)
        {
            s_nodes.Add(system.Log);
            s_running ??= new StarvationGuard();
        }

        system.RegisterOnTermination(() => Leave(system.Log));
    }

    private static void Leave(ILoggingAdapter node)
    {
        lock (s_gate)
        {
            s_nodes.Remove(node);
            if (s_nodes.Count == 0)
            {
                s_running?._end.Set();
                s_running = null;
            }
        }
    }

    private void Run()
    {
        int timely = 0;
        while (!_end.WaitOne(s_pause))
        {
            timely = IsAnswered() ? timely + 1 : 0;
            if (timely == Quiet)
            {
                TakeBack();
            }
        }

        TakeBack();
        _end.Dispose();
    }

    /// <summary>Asks the pool for a sign of life, and adds threads until there is one. False when it was late.</summary>
    private bool IsAnswered()
    {
        ThreadPool.UnsafeQueueUserWorkItem(static answer => answer.Set(), _answer, preferLocal: false);
        WaitHandle[] either = [_answer, _end];
        bool isTimely = true;
        while (WaitHandle.WaitAny(either, s_late) == WaitHandle.WaitTimeout)
        {
            isTimely = false;
            AddThreads();
        }

        return isTimely;
    }

    private void AddThreads()
    {
        ThreadPool.GetMinThreads(out int least, out int ports);
        if (least != _raised)
        {
            // The first time, or the program has set it meanwhile.
            _own = least;
        }

        int step = (int)Math.Clamp(ThreadPool.PendingWorkItemCount, SmallestStep, LargestStep);
        _raised = Math.Min(Math.Max(least, ThreadPool.ThreadCount) + step, MostThreads);
        if (_raised > least)
        {
            ThreadPool.SetMinThreads(_raised, ports);
        }

        if (_raised >= _own + Many && !_isTold)
        {
            _isTold = true;
            Tell($"The threads of the runtime's pool are blocked or busy, and {ThreadPool.PendingWorkItemCount} pieces of work wait for one: there are "
                + $"{_raised} threads now, since a node that is silent is taken for dead. Use asynchronous methods in code that runs on the pool, or give what "
                + "blocks a thread of its own.");
        }
    }

    private void TakeBack()
    {
        ThreadPool.GetMinThreads(out int least, out int ports);
        if (least == _raised)
        {
            ThreadPool.SetMinThreads(_own, ports);
        }

        (_raised, _isTold) = (0, false);
    }

    private static void Tell(string warning)
    {
        ILoggingAdapter[] nodes;
        lock (s_gate)
        {
            nodes = [.. s_nodes];
        }

        foreach (var node in nodes)
        {
            node.Warning(warning);
        }
    }
}
