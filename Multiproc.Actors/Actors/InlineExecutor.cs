using Akka.Configuration;
using Akka.Dispatch;
using Multiproc.Transport;

namespace Multiproc.Actors;

/// <summary>Makes the <see cref="InlineExecutor"/> for the dispatcher that names this type in its configuration.</summary>
internal sealed class InlineExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new InlineExecutor(id);
}

/// <summary>
/// Runs an actor on the thread that sends to it, without a hop to another thread; only for actors that never block. The thread counts as one that handles
/// messages meanwhile, so messages that the actor sends to other processes cannot block it either.
/// </summary>
/// <remarks>
/// An actor that is woken while this thread runs another one waits until that one is done: a chain of actors is a loop here, not a recursion. An actor
/// that another thread is running is never scheduled a second time (its mailbox sees to that): the message waits for that thread.
/// </remarks>
internal sealed class InlineExecutor(string id) : ExecutorService(id)
{
    /// <summary>How often in a row one mailbox may be rescheduled before a pool thread takes it over, so that the sender can continue its own work.</summary>
    private const int MostTurns = 4;

    [ThreadStatic]
    private static Queue<IRunnable>? s_waiting;

    [ThreadStatic]
    private static bool s_running;

    public override void Execute(IRunnable run)
    {
        if (s_running)
        {
            (s_waiting ??= new Queue<IRunnable>()).Enqueue(run);
            return;
        }

        s_running = true;
        try
        {
            using (Reactor.EnterHandler())
            {
                RunAll(run);
            }
        }
        finally
        {
            s_running = false;
        }
    }

    public override void Shutdown()
    {
        // It owns no thread.
    }

    private static void RunAll(IRunnable run)
    {
        int turns = 1;
        run.Run();
        while (s_waiting is { } waiting && waiting.TryDequeue(out var next))
        {
            turns = ReferenceEquals(next, run) ? turns + 1 : 1;
            run = next;
            if (turns > MostTurns)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static again => again.Run(), next, preferLocal: false);
                turns = 0;
            }
            else
            {
                next.Run();
            }
        }
    }
}
