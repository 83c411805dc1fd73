using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>A node for one state and the real threads of a test: one command at a time, and askers block until they are answered.</summary>
internal sealed class LiveNode(IObjectState state)
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Effects _effects = new();
    private readonly Dictionary<Caller, TaskCompletionSource<Reply>> _calls = [];
    private long _lastCall;

    /// <exception cref="TimeoutException">Nobody answered: a waiter was forgotten.</exception>
    public Reply Ask(int process, ICommand command)
    {
        var reply = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            var caller = new Caller(process, ++_lastCall);
            _calls.Add(caller, reply);
            Step(caller, command);
        }

        return reply.Task.Wait(s_bound)
            ? reply.Task.Result
            : throw new TimeoutException($"Process {process} waited {s_bound.TotalSeconds} s in vain for an answer to {command}.");
    }

    public void Tell(int process, ICommand command)
    {
        lock (_gate)
        {
            Step(new Caller(process, 0), command);
        }
    }

    public void Bury(int process)
    {
        lock (_gate)
        {
            Step(default, new LifecycleEvent.ProcessGone(process));
        }
    }

    /// <summary>Runs so many threads to their ends; the first failure of one is thrown here.</summary>
    public static void Run(int threads, Action<int> work)
    {
        var running = Enumerable.Range(0, threads)
            .Select(number => Task.Factory.StartNew(() => work(number), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        Task.WaitAll(running);
    }

    private void Step(Caller caller, ICommand command)
    {
        state.Step(caller, command, default, _effects);
        foreach (var (to, reply) in _effects.Replies)
        {
            _calls.Remove(to, out var waiting).ShouldBeTrue($"{to} was answered twice");
            waiting!.SetResult(reply);
        }

        _effects.Clear();
    }
}
