using Multiproc.Kernel;

namespace Multiproc.Pool;

/// <summary>The shell of the scheduling: one command at a time, then its effects; an action among the commands is run in its turn. Never blocks: processes are started elsewhere.</summary>
internal sealed class PoolActor(PoolState state, Action<PoolEffect> perform, Action performed) : Actor
{
    private readonly List<PoolEffect> _effects = [];

    protected override void Receive(object message)
    {
        if (message is Action after)
        {
            after();
            return;
        }

        state.Step((PoolCommand)message, _effects);
        foreach (var effect in _effects)
        {
            perform(effect);
        }

        _effects.Clear();
        performed();
    }
}
