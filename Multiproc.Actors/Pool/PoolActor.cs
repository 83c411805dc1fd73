using Multiproc.Kernel;

namespace Multiproc.Pool;

/// <summary>The shell of the scheduling: one command at a time, then its effects; an action among the commands is run in its turn. Never blocks: processes are started elsewhere.</summary>
internal sealed class PoolActor(PoolState state, Action<PoolEffect> perform, Action performed, Action<Exception> failed) : Actor
{
    private readonly List<PoolEffect> _effects = [];

    protected override void Receive(object message)
    {
        try
        {
            Obey(message);
        }
        catch (Exception failure)
        {
            // A pool that went on would have lost something, and somebody would wait for it: it is broken, and whoever waits is told why.
            _effects.Clear();
            failed(failure);
        }
    }

    private void Obey(object message)
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
