using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>A shared object: a shell around its state.</summary>
/// <param name="node">The node that it lives in.</param>
/// <param name="state">The state, owned by the actor.</param>
/// <param name="waitBegan">Called when a caller begins to wait.</param>
internal sealed class ObjectActor(IReplyTo node, IObjectState state, Action? waitBegan = null) : HostedActor(node)
{
    protected override ITraceable? References => state as ITraceable;

    protected override void Step(Caller caller, ICommand command, Instant now, Effects effects) => state.Step(caller, command, now, effects);

    protected override StateSnapshot View() => state.TakeSnapshot();

    protected override void PostStop()
    {
        base.PostStop();
        (state as IDisposable)?.Dispose();
    }

    protected override void OnWaitBegan() => waitBegan?.Invoke();
}
