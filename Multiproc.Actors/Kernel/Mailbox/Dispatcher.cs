namespace Multiproc.Kernel;

/// <summary>Decides which thread runs an actor that has messages.</summary>
internal abstract class Dispatcher
{
    /// <summary>A pool thread.</summary>
    public static Dispatcher Pool { get; } = new PoolDispatcher();

    /// <summary>The thread that sends to an idle actor runs it then and there: no hop, for actors that never block.</summary>
    public static Dispatcher Inline { get; } = new InlineDispatcher();

    /// <summary>Has <see cref="ActorCell.Run"/> called once, some time.</summary>
    public abstract void Schedule(ActorCell cell);

    private sealed class PoolDispatcher : Dispatcher
    {
        public override void Schedule(ActorCell cell) =>
            ThreadPool.UnsafeQueueUserWorkItem(static scheduled => scheduled.Run(), cell, preferLocal: false);
    }

    private sealed class InlineDispatcher : Dispatcher
    {
        [ThreadStatic]
        private static Queue<ActorCell>? s_waiting;

        [ThreadStatic]
        private static bool s_running;

        /// <summary>
        /// An actor that is woken while this thread runs another one waits for its end: a chain of actors is a loop here, not a recursion.
        /// </summary>
        public override void Schedule(ActorCell cell)
        {
            if (s_running)
            {
                (s_waiting ??= new Queue<ActorCell>()).Enqueue(cell);
                return;
            }

            s_running = true;
            try
            {
                cell.Run();
                while (s_waiting is { } waiting && waiting.TryDequeue(out var next))
                {
                    next.Run();
                }
            }
            finally
            {
                s_running = false;
            }
        }
    }
}
