using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>A user's object, as its callers see it: hands calls to its runner, and passes on what comes back. The dead are answered no more.</summary>
internal sealed class UserObjectActor(IReplyTo node, ICallRunner runner) : HostedActor(node)
{
    private readonly HashSet<Caller> _running = [];

    /// <summary>Adds a user's object to a home.</summary>
    /// <returns>Its number there.</returns>
    public static long Start(Home home, string name, ICallRunner runner) =>
        home.Add(CallKind.For(name), ActorHost.Of(home).Host(() => new UserObjectActor(home, runner)));

    protected override void Step(Caller caller, ICommand command, Instant now, Effects effects)
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

    protected override StateView View() => StateView.Nothing;

    protected override void PostStop()
    {
        base.PostStop();
        runner.Dispose();
    }
}
