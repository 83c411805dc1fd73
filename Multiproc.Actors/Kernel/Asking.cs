namespace Multiproc.Kernel;

/// <summary>Asking an actor: a message whose sender is a ref that takes one answer.</summary>
internal static class Asking
{
    /// <exception cref="MultiprocTimeoutException">No answer came in time.</exception>
    /// <exception cref="ActorTerminatedException">The actor had ended, or ended first.</exception>
    public static async Task<T> AskAsync<T>(this ActorRef actor, object message, TimeSpan timeout, ActorSystem system, CancellationToken cancellation = default)
    {
        var answer = new AnswerRef<T>($"{actor.Path}/ask", system);
        actor.TellSystem(new SystemMessage.Watch(answer));
        actor.Tell(message, answer);
        try
        {
            return await answer.Task.WaitAsync(timeout, system.Time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException late) when (!answer.Task.IsCompleted)
        {
            throw new MultiprocTimeoutException($"{actor.Path} did not answer {message.GetType().Name} within {timeout.TotalSeconds:0.###} s.", late);
        }
        finally
        {
            answer.Close();
            actor.TellSystem(new SystemMessage.Unwatch(answer));
        }
    }

    /// <summary>The same, blocking. Not for use inside an actor.</summary>
    public static T Ask<T>(this ActorRef actor, object message, TimeSpan timeout, ActorSystem system, CancellationToken cancellation = default) =>
        actor.AskAsync<T>(message, timeout, system, cancellation).GetAwaiter().GetResult();

    private sealed class AnswerRef<T>(string path, ActorSystem system) : ActorRef(path)
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _closed;

        public Task<T> Task => _answer.Task;

        public void Close() => _closed = true;

        public override void Tell(object message, ActorRef? sender = null)
        {
            bool taken = !_closed && message switch
            {
                T answer => _answer.TrySetResult(answer),
                Exception failure => _answer.TrySetException(failure),
                _ => _answer.TrySetException(new InvalidOperationException($"{sender} answered with a {message.GetType().Name} where a {typeof(T).Name} was asked for.")),
            };
            if (!taken)
            {
                system.Publish(new DeadLetter(message, sender, this));
            }
        }

        internal override void TellSystem(SystemMessage message)
        {
            if (message is SystemMessage.Notice notice)
            {
                _answer.TrySetException(new ActorTerminatedException($"{notice.Terminated.Actor} has ended ({notice.Terminated.Reason}) and answers no more."));
            }
        }
    }
}
