using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The actor of a user's object: passes calls to its runner, and replies to their callers unless those are gone.</summary>
internal sealed class UserObjectActor(IReplyTo node, ICallRunner runner) : HostedActor(node)
{
    private readonly HashSet<Caller> _running = [];

    /// <summary>Adds a user's object to a node.</summary>
    /// <returns>The number of the object in the node.</returns>
    public static long Start(Node node, string name, ICallRunner runner) =>
        node.Add(CallType.For(name), node.Actors.Host(() => new UserObjectActor(node, runner), runner));

    protected override void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case CallDone done:
                if (_running.Remove(done.To))
                {
                    effects.Reply(done.To, done.Reply);
                }

                break;
            case CallCommand call:
                if (caller.WantsReply)
                {
                    _running.Add(caller);
                }

                runner.Begin(caller, call);
                break;
            case LifecycleEvent.CallCancelled cancelled when _running.Contains(cancelled.Waiter):
                runner.Cancel(cancelled.Waiter);
                break;
            case LifecycleEvent.CallGivenUp given when _running.Contains(given.Waiter):
                // The call still gets its reply: the caller's process may have to release the result.
                runner.Cancel(given.Waiter);
                break;
            case LifecycleEvent.ProcessGone gone:
                foreach (var lost in _running.Where(each => each.Process == gone.Process).ToList())
                {
                    _running.Remove(lost);
                    runner.Cancel(lost);
                }

                break;
        }
    }

    protected override StateSnapshot View() => StateSnapshot.Nothing;

    protected override void PostStop()
    {
        base.PostStop();
        runner.Dispose();
    }
}
