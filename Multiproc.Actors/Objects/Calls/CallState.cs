namespace Multiproc.Objects.Calls;

/// <summary>What runs a user's object: never on the thread that delivers messages.</summary>
internal interface ICallRunner : IDisposable
{
    void Begin(Caller caller, CallCommand command);

    /// <summary>The caller has given up: its token fires. The call still ends with an answer.</summary>
    void Cancel(Caller caller);
}

/// <summary>A user's object, as its callers see it: hands calls to its runner, and passes on what comes back. The dead are answered no more.</summary>
internal sealed class CallState(ICallRunner runner) : IObjectState, IDisposable
{
    private readonly HashSet<Caller> _running = [];

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case CallCommand.Done done:
                if (_running.Remove(done.To))
                {
                    effects.Reply(done.To, done.Answer);
                }

                break;
            case CallCommand call:
                if (caller.WantsAnswer)
                {
                    _running.Add(caller);
                }

                runner.Begin(caller, call);
                break;
            case LifeCommand.CallCancelled cancelled when _running.Contains(cancelled.Waiter):
                runner.Cancel(cancelled.Waiter);
                break;
            case LifeCommand.CallGivenUp given when _running.Contains(given.Waiter):
                // It is still answered: what it gives may have to be let go of by the caller's process.
                runner.Cancel(given.Waiter);
                break;
            case LifeCommand.ProcessGone gone:
                foreach (var lost in _running.Where(each => each.Process == gone.Process).ToList())
                {
                    _running.Remove(lost);
                    runner.Cancel(lost);
                }

                break;
        }
    }

    public void Dispose() => runner.Dispose();
}
