using Akka.Actor;

namespace Multiproc;

/// <summary>
/// Shared objects as sources of messages for actors. (The result of a pool reaches an actor by Akka's own <c>PipeTo</c>:
/// <c>pool.ApplyAsync(work).AsTask().PipeTo(actor)</c>.)
/// </summary>
/// <example>
/// <code>
/// using var jobs = Mp.JoinableQueue&lt;string&gt;();
/// var worker = Mp.ActorOf(Props.Create&lt;Worker&gt;());
/// Task pipe = jobs.PipeTo(worker, new ActorPipeOptions { Acknowledged = true }, end);
/// </code>
/// </example>
public static class ActorPipes
{
    /// <summary>
    /// Sends the items of a queue to an actor, each as one message, until it is cancelled or the actor has stopped. An item that the actor did not acknowledge
    /// (see <see cref="ActorPipeOptions.Acknowledged"/>) goes back to its place in the queue.
    /// </summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="queue">The queue, of any process.</param>
    /// <param name="actor">The actor, of any process.</param>
    /// <param name="options">Whether the actor acknowledges; null (the default) for <see cref="ActorPipeOptions"/> without changes.</param>
    /// <param name="cancellation">Ends the pipe; items that were sent and not acknowledged go back.</param>
    /// <returns>A task that completes when the actor has stopped or the pipe was cancelled, and fails when the queue is gone.</returns>
    /// <exception cref="ArgumentNullException">The queue or the actor is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Task PipeTo<T>(this SharedQueueBase<T> queue, IActorRef actor, ActorPipeOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(actor);
        return RunAsync(queue, actor, (options ?? new ActorPipeOptions()).Checked(), cancellation);
    }

    /// <summary>Sends the elements of a sequence, such as <c>pool.Imap(…).AsAsyncEnumerable()</c>, to an actor, each as one message.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="source">The sequence.</param>
    /// <param name="actor">The actor, of any process.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    /// <returns>
    /// A task that completes after the last element was sent. When the sequence fails, the actor is sent a <see cref="Status.Failure"/>, and the task fails.
    /// </returns>
    /// <exception cref="ArgumentNullException">The sequence or the actor is null.</exception>
    public static Task PipeTo<T>(this IAsyncEnumerable<T> source, IActorRef actor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(actor);
        return RunAsync(source, actor, cancellation);
    }

    private static async Task RunAsync<T>(IAsyncEnumerable<T> source, IActorRef actor, CancellationToken cancellation)
    {
        try
        {
            await foreach (var element in source.WithCancellation(cancellation).ConfigureAwait(false))
            {
                actor.Tell(element, ActorRefs.NoSender);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            actor.Tell(new Status.Failure(failure), ActorRefs.NoSender);
            throw;
        }
    }

    private static async Task RunAsync<T>(SharedQueueBase<T> queue, IActorRef actor, ActorPipeOptions options, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var stopped = actor.WatchAsync(end.Token);
        _ = stopped.ContinueWith(_ => end.Cancel(), end.Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var running = new List<Task>();
        try
        {
            // Each of them has one item under way.
            for (int i = 0; i < (options.Acknowledged ? options.Unacknowledged : 1); i++)
            {
                running.Add(MoveAsync(queue, actor, options, end.Token));
            }

            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Asked to end, or the actor has stopped.
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task MoveAsync<T>(SharedQueueBase<T> queue, IActorRef actor, ActorPipeOptions options, CancellationToken end)
    {
        while (true)
        {
            if (!options.Acknowledged)
            {
                actor.Tell(await queue.GetAsync(cancellation: end).ConfigureAwait(false), ActorRefs.NoSender);
                continue;
            }

            // A lease that is disposed without Complete puts the item back.
            await using var lease = await queue.LeaseAsync(cancellation: end).ConfigureAwait(false);
            try
            {
                if (await actor.Ask<object>(lease.Item!, options.Timeout ?? Timeout.InfiniteTimeSpan, end).ConfigureAwait(false) is not Status.Failure)
                {
                    lease.Complete();
                }
            }
            catch (AskTimeoutException)
            {
                // Back into the queue with it.
            }
        }
    }
}
